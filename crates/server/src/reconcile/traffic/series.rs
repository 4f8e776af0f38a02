//! The counts of the last steps in a compact encoding: a zero takes no byte, a small value one or two.
//! Every listener and every member has a series.

use std::collections::VecDeque;

/// The number of steps in a series: 15 minutes.
pub(super) const KEPT: usize = 180;

/// The counts of one step. The most frequent ones are first, so that their mask fits in one byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    pub requests: u64,
    pub connections: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub ok: u64,
    /// The maximum in the step. All other values are sums.
    pub active: u64,
    pub errors: u64,
    pub redirects: u64,
    pub client_errors: u64,
    pub server_errors: u64,
}

const FIELDS: usize = 10;

impl Point {
    fn values(&self) -> [u64; FIELDS] {
        [
            self.requests,
            self.connections,
            self.bytes_in,
            self.bytes_out,
            self.ok,
            self.active,
            self.errors,
            self.redirects,
            self.client_errors,
            self.server_errors,
        ]
    }

    fn of(values: [u64; FIELDS]) -> Self {
        let [
            requests,
            connections,
            bytes_in,
            bytes_out,
            ok,
            active,
            errors,
            redirects,
            client_errors,
            server_errors,
        ] = values;
        Self {
            requests,
            connections,
            bytes_in,
            bytes_out,
            ok,
            active,
            errors,
            redirects,
            client_errors,
            server_errors,
        }
    }
}

/// The last [`KEPT`] steps, or fewer.
///
/// Each step is a bit mask of the values that are not zero, followed by these values, all in LEB128.
#[derive(Debug, Default)]
pub(super) struct Series {
    steps: usize,
    bytes: VecDeque<u8>,
}

impl Series {
    pub(super) fn len(&self) -> usize {
        self.steps
    }

    pub(super) fn push(&mut self, point: &Point) {
        let values = point.values();
        let mask = values.iter().enumerate().filter(|(_, value)| **value != 0);
        self.write(mask.fold(0, |mask, (bit, _)| mask | 1 << bit));
        for value in values.into_iter().filter(|value| *value != 0) {
            self.write(value);
        }
        self.steps += 1;
        if self.steps > KEPT {
            self.drop_first();
        }
    }

    /// Adds empty steps.
    pub(super) fn push_zeros(&mut self, steps: u64) {
        let steps = usize::try_from(steps).unwrap_or(KEPT).min(KEPT);
        if steps == KEPT {
            *self = Self::default();
        }
        for _ in 0..steps {
            self.push(&Point::default());
        }
    }

    /// Oldest first.
    pub(super) fn points(&self) -> impl Iterator<Item = Point> {
        let mut bytes = self.bytes.iter().copied();
        (0..self.steps).map(move |_| read(&mut bytes).0)
    }

    fn write(&mut self, mut number: u64) {
        loop {
            if self.bytes.len() == self.bytes.capacity() {
                // Doubling would waste memory in thousands of series.
                self.bytes.reserve_exact(self.bytes.len() / 8 + 24);
            }
            let low = (number & 0x7f) as u8;
            number >>= 7;
            if number == 0 {
                return self.bytes.push_back(low);
            }
            self.bytes.push_back(low | 0x80);
        }
    }

    fn drop_first(&mut self) {
        let mut bytes = self.bytes.iter().copied();
        let (_, length) = read(&mut bytes);
        self.bytes.drain(..length);
        self.steps -= 1;
    }
}

/// Decodes a step. Returns also the number of its bytes.
fn read(bytes: &mut impl Iterator<Item = u8>) -> (Point, usize) {
    let mut length = 0;
    let mut number = || {
        let (mut number, mut shift) = (0, 0);
        for byte in bytes.by_ref() {
            length += 1;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        number
    };
    let mask = number();
    let mut values = [0; FIELDS];
    for (bit, value) in values.iter_mut().enumerate() {
        if mask >> bit & 1 == 1 {
            *value = number();
        }
    }
    (Point::of(values), length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = u64> {
        prop_oneof![4 => Just(0), 4 => 0..300_u64, 1 => any::<u64>()]
    }

    /// A step, or a number of empty steps.
    fn any_push() -> impl Strategy<Value = Result<Point, u64>> {
        prop_oneof![
            8 => proptest::array::uniform10(any_value()).prop_map(|values| Ok(Point::of(values))),
            1 => (0..400_u64).prop_map(Err),
        ]
    }

    proptest! {
        #[test]
        fn returns_the_last_steps_that_were_pushed(
            pushes in proptest::collection::vec(any_push(), 0..250),
        ) {
            let mut series = Series::default();
            let mut plain = Vec::new();
            for push in &pushes {
                match push {
                    Ok(point) => {
                        series.push(point);
                        plain.push(*point);
                    }
                    Err(zeros) => {
                        series.push_zeros(*zeros);
                        plain.extend((0..*zeros).map(|_| Point::default()));
                    }
                }
            }
            let last = &plain[plain.len().saturating_sub(KEPT)..];
            prop_assert_eq!(series.points().collect::<Vec<_>>(), last);
            prop_assert_eq!(series.len(), last.len());
        }
    }

    /// Memory for 200 busy load balancers with 50 members each: see ARCHITECTURE.md.
    #[test]
    fn the_encoding_is_compact() {
        let (mut busy, mut idle) = (Series::default(), Series::default());
        for step in 0..10 * KEPT as u64 {
            busy.push(&Point {
                requests: 500 + step % 100,
                connections: 500 + step % 100,
                bytes_in: 60_000 + step,
                bytes_out: 2_500_000 + step,
                ok: 500 + step % 100,
                active: 12,
                ..Point::default()
            });
            idle.push_zeros(1);
        }
        assert!(busy.bytes.capacity() <= 20 * KEPT, "{}", busy.bytes.capacity());
        assert!(idle.bytes.capacity() <= 2 * KEPT, "{}", idle.bytes.capacity());
    }
}
