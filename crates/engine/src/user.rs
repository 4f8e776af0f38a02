//! The user that HAProxy runs as.
//!
//! A HAProxy that runs as the user of this program could read its key and its database. It never runs as root
//! unless the operator says so.

use crate::error::StartError;
use nix::unistd;
use rustix::process::geteuid;

/// The user that root runs HAProxy as, unless another one is configured.
const DEFAULT: &str = "haproxy";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// `None` if HAProxy runs as the user of this program.
pub(crate) fn choose(configured: Option<&str>) -> Result<Option<User>, StartError> {
    choose_among(configured, geteuid().as_raw(), find)
}

fn choose_among(
    configured: Option<&str>,
    own: u32,
    find: impl Fn(&str) -> Option<User>,
) -> Result<Option<User>, StartError> {
    match configured {
        Some(name) => {
            let user = find(name).ok_or_else(|| StartError::NoSuchUser(name.to_owned()))?;
            Ok((user.uid != own).then_some(user))
        }
        None if own == 0 => {
            let user = find(DEFAULT).filter(|user| user.uid != 0);
            user.map(Some).ok_or(StartError::HaproxyAsRoot)
        }
        None => Ok(None),
    }
}

fn find(name: &str) -> Option<User> {
    let user = unistd::User::from_name(name).ok()??;
    Some(User { uid: user.uid.as_raw(), gid: user.gid.as_raw() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAPROXY: User = User { uid: 102, gid: 105 };
    const ROOT: User = User { uid: 0, gid: 0 };

    fn known(name: &str) -> Option<User> {
        match name {
            "haproxy" => Some(HAPROXY),
            "root" => Some(ROOT),
            _ => None,
        }
    }

    #[test]
    fn haproxy_runs_as_root_only_if_the_operator_says_so() {
        let choose = |configured, find: fn(&str) -> Option<User>| choose_among(configured, 0, find);
        assert_eq!(choose(None, known).unwrap(), Some(HAPROXY));
        assert_eq!(choose(Some("haproxy"), known).unwrap(), Some(HAPROXY));
        assert_eq!(choose(Some("root"), known).unwrap(), None);
        // No such user, or one that is root by another name.
        for find in [(|_| None) as fn(&str) -> Option<User>, |_| Some(ROOT)] {
            let error = choose(None, find).unwrap_err().to_string();
            assert!(error.contains("as root") && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn without_root_haproxy_runs_as_the_configured_user_or_as_this_one() {
        let choose = |configured| choose_among(configured, 1000, known);
        assert_eq!(choose(None).unwrap(), None);
        assert_eq!(choose(Some("haproxy")).unwrap(), Some(HAPROXY));
        let error = choose(Some("nobody-knows")).unwrap_err().to_string();
        assert!(error.contains("nobody-knows"), "{error}");
    }

    #[test]
    fn users_of_this_machine_are_found() {
        // Every Linux system has these two.
        assert_eq!(find("nobody").map(|user| user.uid), Some(65_534));
        assert_eq!(find("root"), Some(ROOT));
        assert_eq!(find("no-such-user"), None);
    }
}
