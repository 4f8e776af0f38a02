//! Runs a program. What is pending is on a stack of its own: a long text can't exhaust the program's.

use super::program::{Call, Operation, Program, REGISTERS_OF_GROUP};
use openstack_types::field::{Assertion, ByteSet};

/// So many bytes that one operation compares take about as long as a step.
const BYTES_OF_A_STEP: usize = 64;

/// The text needs more steps than allowed.
#[derive(Debug)]
pub(super) struct OutOfSteps;

pub(super) struct Machine<'a> {
    program: &'a Program,
    text: &'a [u8],
    /// `None` was not reached.
    registers: Vec<Option<usize>>,
    pending: Vec<Pending>,
    steps_left: usize,
}

/// What to do when what was tried fails.
enum Pending {
    Continue {
        at: usize,
        position: usize,
    },
    /// A repeat takes one byte less, not below `least`.
    Shrink {
        at: usize,
        position: usize,
        least: usize,
    },
    /// A repeat takes one byte more.
    Grow {
        at: usize,
        position: usize,
        set: ByteSet,
        left: usize,
    },
    Restore {
        register: usize,
        value: Option<usize>,
    },
    RestoreAll(Vec<Option<usize>>),
}

impl<'a> Machine<'a> {
    pub(super) fn new(program: &'a Program, text: &'a [u8], max_steps: usize) -> Self {
        let registers = vec![None; program.registers];
        Self { program, text, registers, pending: Vec::new(), steps_left: max_steps }
    }

    /// Whether some part of the text matches.
    pub(super) fn search(&mut self) -> Result<bool, OutOfSteps> {
        for start in 0..=self.text.len() {
            if self.run(0, start)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn spend(&mut self, steps: usize) -> Result<(), OutOfSteps> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(OutOfSteps)?;
        Ok(())
    }

    /// Runs from an operation and a position up to `Accept`. Returns the end of the match.
    fn run(&mut self, mut at: usize, mut position: usize) -> Result<Option<usize>, OutOfSteps> {
        let base = self.pending.len();
        loop {
            self.spend(1)?;
            if let Operation::Accept = self.program.operations[at] {
                return Ok(Some(position));
            }
            match self.step(at, position)? {
                Some(next) => (at, position) = next,
                None => match self.backtrack(base)? {
                    Some(next) => (at, position) = next,
                    None => return Ok(None),
                },
            }
        }
    }

    /// The next operation and position; `None` if this one fails.
    fn step(&mut self, at: usize, position: usize) -> Result<Option<(usize, usize)>, OutOfSteps> {
        let next = at + 1;
        let found = match self.program.operations[at] {
            Operation::Byte(set) => self.is_in(&set, position).then_some((next, position + 1)),
            Operation::RepeatByte { set, min, max, is_lazy } => {
                let limit = if is_lazy { min } else { max };
                let rest = self.text.get(position..).unwrap_or_default();
                let count = rest.iter().take(limit).take_while(|byte| set.contains(**byte)).count();
                self.spend(count / BYTES_OF_A_STEP)?;
                if count < min {
                    return Ok(None);
                }
                let end = position + count;
                let least = position + min;
                if is_lazy {
                    let left = max - min;
                    self.pending.push(Pending::Grow { at: next, position: end, set, left });
                } else if end > least {
                    self.pending.push(Pending::Shrink { at: next, position: end, least });
                }
                Some((next, end))
            }
            Operation::Assertion(assertion) => {
                self.holds(assertion, position).then_some((next, position))
            }
            Operation::Split(first, second) => {
                self.pending.push(Pending::Continue { at: second, position });
                Some((first, position))
            }
            Operation::Jump(to) => Some((to, position)),
            Operation::Mark(register) => {
                self.set(register, Some(position));
                Some((next, position))
            }
            Operation::Again { register, start } => {
                let is_empty = self.registers[register] == Some(position);
                Some((if is_empty { next } else { start }, position))
            }
            Operation::EndGroup { group } => {
                let first = group * REGISTERS_OF_GROUP;
                self.set(first + 1, self.registers[first]);
                self.set(first + 2, Some(position));
                Some((next, position))
            }
            Operation::Reference { group, ignore_case } => {
                let end = self.reference(group, ignore_case, position);
                self.spend(end.map_or(0, |end| end - position) / BYTES_OF_A_STEP)?;
                end.map(|end| (next, end))
            }
            Operation::Call { kind, end } => {
                self.call(kind, next, position)?.map(|position| (end, position))
            }
            Operation::Accept => Some((at, position)),
        };
        Ok(found)
    }

    /// What is to be tried next of what was pending after `base`.
    fn backtrack(&mut self, base: usize) -> Result<Option<(usize, usize)>, OutOfSteps> {
        while self.pending.len() > base {
            self.spend(1)?;
            match self.pending.pop() {
                Some(Pending::Continue { at, position }) => return Ok(Some((at, position))),
                Some(Pending::Shrink { at, position, least }) => {
                    let position = position - 1;
                    if position > least {
                        self.pending.push(Pending::Shrink { at, position, least });
                    }
                    return Ok(Some((at, position)));
                }
                Some(Pending::Grow { at, position, set, left })
                    if left > 0 && self.is_in(&set, position) =>
                {
                    let (position, left) = (position + 1, left - 1);
                    self.pending.push(Pending::Grow { at, position, set, left });
                    return Ok(Some((at, position)));
                }
                Some(Pending::Restore { register, value }) => self.registers[register] = value,
                Some(Pending::RestoreAll(registers)) => self.registers = registers,
                Some(Pending::Grow { .. }) | None => {}
            }
        }
        Ok(None)
    }

    fn call(
        &mut self,
        kind: Call,
        at: usize,
        position: usize,
    ) -> Result<Option<usize>, OutOfSteps> {
        let (start, is_negated) = match kind {
            Call::Atomic => (Some(position), false),
            Call::Look { behind, is_negated } => (position.checked_sub(behind), is_negated),
        };
        let Some(start) = start else { return Ok(is_negated.then_some(position)) };
        let saved = self.registers.clone();
        let base = self.pending.len();
        let end = self.run(at, start)?;
        self.pending.truncate(base);
        if is_negated || end.is_none() {
            self.registers = saved;
        } else if self.registers != saved {
            self.pending.push(Pending::RestoreAll(saved));
        }
        Ok(match kind {
            Call::Atomic => end,
            Call::Look { .. } => (end.is_some() != is_negated).then_some(position),
        })
    }

    /// The end of the text that a group matched, at the position once more.
    fn reference(&self, group: usize, ignore_case: bool, position: usize) -> Option<usize> {
        let first = group * REGISTERS_OF_GROUP;
        let (start, end) = self.registers[first + 1].zip(self.registers[first + 2])?;
        let expected = self.text.get(start..end)?;
        let actual = self.text.get(position..position + expected.len())?;
        let is_same =
            if ignore_case { actual.eq_ignore_ascii_case(expected) } else { actual == expected };
        is_same.then_some(position + expected.len())
    }

    fn set(&mut self, register: usize, value: Option<usize>) {
        let value = std::mem::replace(&mut self.registers[register], value);
        self.pending.push(Pending::Restore { register, value });
    }

    fn is_in(&self, set: &ByteSet, position: usize) -> bool {
        self.text.get(position).is_some_and(|byte| set.contains(*byte))
    }

    fn holds(&self, assertion: Assertion, position: usize) -> bool {
        let text = self.text;
        let before = position.checked_sub(1).map(|before| text[before]);
        let after = text.get(position).copied();
        let is_word =
            |byte: Option<u8>| byte.is_some_and(|c| c.is_ascii_alphanumeric() || c == b'_');
        match assertion {
            Assertion::Start => position == 0,
            // A line feed at the end starts no line.
            Assertion::LineStart => position == 0 || (before == Some(b'\n') && after.is_some()),
            Assertion::End => after.is_none(),
            Assertion::LineEnd => after.is_none_or(|byte| byte == b'\n'),
            Assertion::LastLineEnd => {
                after.is_none() || (after == Some(b'\n') && position + 1 == text.len())
            }
            Assertion::WordBoundary => is_word(before) != is_word(after),
            Assertion::NotWordBoundary => is_word(before) == is_word(after),
        }
    }
}
