//! What a sequence does.

use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    /// A listener that can be run.
    AddHttp,
    AddTls,
    /// On a port that another program has.
    AddOnTakenPort,
    /// The numbers choose a listener.
    BreakCertificate(usize, Damage),
    /// The pool of the listener has a value that this version does not know.
    BreakPool(usize),
    /// A rule of the listener has a value that this version does not know.
    BreakRule(usize),
    /// Another load balancer, whose VIP no interface has.
    AddOnAbsentAddress,
    FreePort,
    Edit(usize),
    Delete(usize),
    Failover,
    Restart,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Damage {
    /// HAProxy refuses it.
    Weak,
    /// It does not open.
    Unreadable,
}

pub(super) fn action() -> impl Strategy<Value = Action> {
    let damage = prop_oneof![Just(Damage::Weak), Just(Damage::Unreadable)];
    prop_oneof![
        2 => Just(Action::AddHttp),
        3 => Just(Action::AddTls),
        2 => Just(Action::AddOnTakenPort),
        3 => (any::<usize>(), damage).prop_map(|(number, damage)| Action::BreakCertificate(number, damage)),
        1 => any::<usize>().prop_map(Action::BreakPool),
        2 => any::<usize>().prop_map(Action::BreakRule),
        1 => Just(Action::AddOnAbsentAddress),
        1 => Just(Action::FreePort),
        3 => any::<usize>().prop_map(Action::Edit),
        1 => any::<usize>().prop_map(Action::Delete),
        1 => Just(Action::Failover),
        2 => Just(Action::Restart),
    ]
}
