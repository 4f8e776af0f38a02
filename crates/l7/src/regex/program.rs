//! A regular expression as operations of a machine that backtracks.

use openstack_types::field::{Assertion, ByteSet, Regex, RepeatKind};

#[derive(Debug)]
pub(super) enum Operation {
    Byte(ByteSet),
    RepeatByte {
        set: ByteSet,
        min: usize,
        max: usize,
        is_lazy: bool,
    },
    Assertion(Assertion),
    /// Continues at the first, and if that fails at the second.
    Split(usize, usize),
    Jump(usize),
    /// Writes the position to a register.
    Mark(usize),
    /// Jumps back unless the position is the one in the register: an iteration without a byte is the last.
    Again {
        register: usize,
        start: usize,
    },
    /// The group is what lies between its mark and the position.
    EndGroup {
        group: usize,
    },
    Reference {
        group: usize,
        ignore_case: bool,
    },
    /// Runs what follows up to its `Accept`, and continues at `end`.
    Call {
        kind: Call,
        end: usize,
    },
    Accept,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    /// Continues behind the match.
    Atomic,
    /// Continues at the same position.
    Look { behind: usize, is_negated: bool },
}

/// The registers of a group: its mark, start, and end.
pub(super) const REGISTERS_OF_GROUP: usize = 3;

#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) operations: Vec<Operation>,
    pub(super) registers: usize,
}

impl Program {
    pub(super) fn compile(regex: &Regex) -> Self {
        let mut program = Self { registers: groups(regex) * REGISTERS_OF_GROUP, ..Self::default() };
        program.add(regex);
        program.operations.push(Operation::Accept);
        program
    }

    fn add(&mut self, regex: &Regex) {
        match regex {
            Regex::Byte(set) => self.operations.push(Operation::Byte(*set)),
            Regex::Assertion(assertion) => self.operations.push(Operation::Assertion(*assertion)),
            Regex::Sequence(parts) => parts.iter().for_each(|part| self.add(part)),
            Regex::Alternatives(alternatives) => self.add_alternatives(alternatives),
            Regex::Repeat { what, min, max, kind: RepeatKind::Possessive } => {
                self.add_call(Call::Atomic, |it| it.add_repeat(what, *min, *max, false));
            }
            Regex::Repeat { what, min, max, kind } => {
                self.add_repeat(what, *min, *max, *kind == RepeatKind::Lazy);
            }
            Regex::Group(group, what) => {
                self.operations.push(Operation::Mark(group * REGISTERS_OF_GROUP));
                self.add(what);
                self.operations.push(Operation::EndGroup { group: *group });
            }
            Regex::Atomic(what) => self.add_call(Call::Atomic, |it| it.add(what)),
            Regex::Look { behind, is_negated, what } => {
                let behind = behind.unwrap_or(0);
                let kind = Call::Look { behind, is_negated: *is_negated };
                self.add_call(kind, |it| it.add(what));
            }
            Regex::Reference { group, ignore_case } => {
                let (group, ignore_case) = (*group, *ignore_case);
                self.operations.push(Operation::Reference { group, ignore_case });
            }
        }
    }

    fn add_alternatives(&mut self, alternatives: &[Regex]) {
        let Some((last, others)) = alternatives.split_last() else { return };
        let mut jumps = Vec::new();
        for alternative in others {
            let split = self.reserve();
            self.add(alternative);
            jumps.push(self.reserve());
            self.operations[split] = Operation::Split(split + 1, self.operations.len());
        }
        self.add(last);
        let end = self.operations.len();
        for jump in jumps {
            self.operations[jump] = Operation::Jump(end);
        }
    }

    fn add_repeat(&mut self, what: &Regex, min: usize, max: Option<usize>, is_lazy: bool) {
        if let Regex::Byte(set) = what {
            let max = max.unwrap_or(usize::MAX);
            self.operations.push(Operation::RepeatByte { set: *set, min, max, is_lazy });
            return;
        }
        for _ in 0..min {
            self.add(what);
        }
        let mut splits = Vec::new();
        match max {
            None => {
                let register = self.registers;
                self.registers += 1;
                let start = self.reserve();
                splits.push(start);
                self.operations.push(Operation::Mark(register));
                self.add(what);
                self.operations.push(Operation::Again { register, start });
            }
            Some(max) => {
                for _ in min..max {
                    splits.push(self.reserve());
                    self.add(what);
                }
            }
        }
        let end = self.operations.len();
        for split in splits {
            self.operations[split] = if is_lazy {
                Operation::Split(end, split + 1)
            } else {
                Operation::Split(split + 1, end)
            };
        }
    }

    fn add_call(&mut self, kind: Call, add: impl FnOnce(&mut Self)) {
        let call = self.reserve();
        add(self);
        self.operations.push(Operation::Accept);
        self.operations[call] = Operation::Call { kind, end: self.operations.len() };
    }

    /// The index of an operation that is set later.
    fn reserve(&mut self) -> usize {
        self.operations.push(Operation::Accept);
        self.operations.len() - 1
    }
}

/// How many named groups there are.
fn groups(regex: &Regex) -> usize {
    match regex {
        Regex::Byte(_) | Regex::Assertion(_) | Regex::Reference { .. } => 0,
        Regex::Sequence(parts) | Regex::Alternatives(parts) => {
            parts.iter().map(groups).max().unwrap_or(0)
        }
        Regex::Repeat { what, .. } | Regex::Atomic(what) | Regex::Look { what, .. } => groups(what),
        Regex::Group(group, what) => groups(what).max(group + 1),
    }
}
