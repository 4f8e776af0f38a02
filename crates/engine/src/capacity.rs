//! How many load balancers fit into the limit of open files of this program.

/// What one load balancer takes of this program: the admin session, the log and the handle of its process, and
/// one more while the process is replaced.
const PER_LOAD_BALANCER: u64 = 4;
/// The listening socket.
const PER_LISTENER: u64 = 1;

/// The room for load balancers. A part of the open files is kept for what serves already: restarts, changes,
/// and connections of clients of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    open_files: u64,
    reserve: u64,
}

impl Capacity {
    /// `other_files` are kept if they leave a quarter to load balancers. Otherwise a quarter is kept.
    pub(crate) fn new(open_files: u64, other_files: u64) -> Self {
        let least = (open_files / 4).clamp(64, 8192);
        let fits = other_files <= open_files / 4 * 3;
        Self { open_files, reserve: if fits { least.max(other_files) } else { least } }
    }

    /// The open files that load balancers don't take.
    pub fn reserve(self) -> u64 {
        self.reserve
    }

    /// Whether this many load balancers with this many listeners fit.
    pub fn fits(self, load_balancers: u64, listeners: u64) -> bool {
        let needed = load_balancers
            .saturating_mul(PER_LOAD_BALANCER)
            .saturating_add(listeners.saturating_mul(PER_LISTENER));
        needed <= self.open_files.saturating_sub(self.reserve())
    }

    /// How many load balancers with one listener each fit.
    pub fn load_balancers(self) -> u64 {
        self.open_files.saturating_sub(self.reserve()) / (PER_LOAD_BALANCER + PER_LISTENER)
    }

    pub fn open_files(self) -> u64 {
        self.open_files
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_are_kept_unless_they_leave_too_little() {
        assert_eq!(Capacity::new(20_000, 13_000).reserve(), 13_000);
        assert_eq!(Capacity::new(20_000, 100).reserve(), 5000);
        assert_eq!(Capacity::new(20_000, 24_000).reserve(), 5000);
    }

    #[test]
    fn a_part_of_the_open_files_is_kept_for_what_serves() {
        let small = Capacity::new(1024, 0);
        assert_eq!((small.reserve(), small.load_balancers()), (256, 153));
        assert!(small.fits(153, 153) && !small.fits(154, 154));
        assert!(small.fits(1, 764) && !small.fits(1, 765), "listeners count, too");
        assert_eq!(Capacity::new(1 << 20, 0).load_balancers(), 208_076);
        assert!(!Capacity::new(10, 0).fits(1, 1));
    }
}
