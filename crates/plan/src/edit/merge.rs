//! A form three times, made one: how it was when the edit began, how it is now, and what is wanted.

use super::{Conflict, ConflictField, ConflictKind, ConflictResolution, Subject};
use crate::{
    Draft, GroupDraft, HealthDraft, HealthField, ListenerDraft, ListenerOptions, PersistenceDraft,
    RowKey, ServerDraft, TimeoutField,
};
use std::collections::BTreeSet;

/// What is wanted on top of how it is now, and what somebody else changed.
pub(super) fn three_ways(
    begin: &Draft,
    theirs: &Draft,
    mine: &Draft,
    keep: ConflictResolution,
) -> (Draft, Vec<Conflict>) {
    let mut merge =
        Merge { keep, begin, theirs, mine, conflicts: Vec::new(), put_back: BTreeSet::new() };
    let draft = merge.draft();
    (draft, merge.conflicts)
}

struct Merge<'a> {
    keep: ConflictResolution,
    begin: &'a Draft,
    theirs: &'a Draft,
    mine: &'a Draft,
    conflicts: Vec<Conflict>,
    /// Groups that this edit removes and keeps for what somebody else did to them.
    put_back: BTreeSet<RowKey>,
}

/// One field three times.
struct Three<'a, T> {
    begin: Option<&'a T>,
    mine: &'a T,
    theirs: &'a T,
}

impl<T: Clone + PartialEq> Three<'_, T> {
    /// What it becomes, and whether this edit had touched it too; `None` where nobody else did.
    fn merged(&self, keep: ConflictResolution) -> (T, Option<bool>) {
        if self.mine == self.theirs {
            return (self.theirs.clone(), None);
        }
        match self.begin {
            Some(begin) if begin == self.theirs => (self.mine.clone(), None),
            Some(begin) if begin == self.mine => (self.theirs.clone(), Some(false)),
            _ => match keep {
                ConflictResolution::Mine => (self.mine.clone(), Some(true)),
                ConflictResolution::Theirs => (self.theirs.clone(), Some(true)),
            },
        }
    }
}

impl Merge<'_> {
    fn say(&mut self, thing: &Subject, kind: ConflictKind) {
        self.conflicts.push(Conflict { thing: thing.clone(), kind });
    }

    fn field<T: Clone + PartialEq>(
        &mut self,
        thing: &Subject,
        field: ConflictField,
        three: Three<'_, T>,
        words: impl Fn(&T) -> String,
    ) -> T {
        let (merged, touched) = three.merged(self.keep);
        if let Some(touched) = touched {
            let before = three.begin.map(&words).unwrap_or_default();
            let mine = touched.then(|| words(three.mine));
            let kind = ConflictKind::Changed { field, before, theirs: words(three.theirs), mine };
            self.say(thing, kind);
        }
        merged
    }

    fn text(
        &mut self,
        thing: &Subject,
        field: ConflictField,
        begin: Option<&String>,
        mine: &String,
        theirs: &String,
    ) -> String {
        self.field(thing, field, Three { begin, mine, theirs }, String::clone)
    }

    fn flag(
        &mut self,
        thing: &Subject,
        field: ConflictField,
        begin: Option<&bool>,
        mine: &bool,
        theirs: &bool,
    ) -> bool {
        self.field(thing, field, Three { begin, mine, theirs }, bool::to_string)
    }

    fn draft(&mut self) -> Draft {
        let (begin, mine, theirs) = (self.begin, self.mine, self.theirs);
        let mut draft = theirs.clone();
        draft.kind = mine.kind;
        draft.next_key = theirs.next_key.max(mine.next_key);
        let thing = &Subject::LoadBalancer;
        let name = ConflictField::Name;
        draft.name = self.text(thing, name, Some(&begin.name), &mine.name, &theirs.name);
        draft.description = self.text(
            thing,
            ConflictField::Description,
            Some(&begin.description),
            &mine.description,
            &theirs.description,
        );
        draft.groups = self.groups();
        draft.listeners = self.listeners();
        draft
    }

    fn groups(&mut self) -> Vec<GroupDraft> {
        let (begin, mine, theirs) = (self.begin, self.mine, self.theirs);
        let mut groups = Vec::new();
        for group in &mine.groups {
            let was = begin.group(group.key);
            match (was, theirs.group(group.key)) {
                (was, Some(now)) => groups.push(self.group(was, group, now)),
                (None, None) => groups.push(group.clone()),
                (Some(was), None) => {
                    let wanted = mine.listeners.iter().any(|listener| {
                        listener.group == Some(group.key)
                            && begin.listener(listener.key).and_then(|l| l.group) != listener.group
                    });
                    let touched = wanted || was != group;
                    self.say(&group_thing(group), ConflictKind::Removed { touched });
                    if touched && (self.keep == ConflictResolution::Mine || wanted) {
                        groups.push(group.clone());
                    }
                }
            }
        }
        for now in theirs.groups.iter().filter(|now| mine.group(now.key).is_none()) {
            let was = begin.group(now.key);
            if self.comes_back(&group_thing(now), was.map(|was| has_more(was, now))) {
                self.put_back.extend(was.map(|was| was.key));
                groups.push(now.clone());
            }
        }
        groups
    }

    fn group(
        &mut self,
        begin: Option<&GroupDraft>,
        mine: &GroupDraft,
        theirs: &GroupDraft,
    ) -> GroupDraft {
        let thing = &group_thing(mine);
        let name = begin.map(|begin| &begin.name);
        let method =
            Three { begin: begin.map(|b| &b.method), mine: &mine.method, theirs: &theirs.method };
        GroupDraft {
            key: mine.key,
            name: self.text(thing, ConflictField::Name, name, &mine.name, &theirs.name),
            method: self.field(thing, ConflictField::Method, method, ToString::to_string),
            servers: self.servers(begin, mine, theirs),
            health: self.health(thing, begin.map(|b| &b.health), &mine.health, &theirs.health),
            persistence: match begin {
                // Being made: the rest of it is under way.
                None if theirs.persistence.kind.is_none() => mine.persistence.clone(),
                _ => {
                    let three = Three {
                        begin: begin.map(|b| &b.persistence),
                        mine: &mine.persistence,
                        theirs: &theirs.persistence,
                    };
                    self.field(thing, ConflictField::Persistence, three, persistence_words)
                }
            },
            ..theirs.clone()
        }
    }

    fn servers(
        &mut self,
        begin: Option<&GroupDraft>,
        mine: &GroupDraft,
        theirs: &GroupDraft,
    ) -> Vec<ServerDraft> {
        let find = |group: &GroupDraft, key: RowKey| {
            group.servers.iter().find(|server| server.key == key).cloned()
        };
        let mut servers = Vec::new();
        for server in &mine.servers {
            let was = begin.and_then(|begin| find(begin, server.key));
            let thing = server_thing(mine, server);
            match (was, find(theirs, server.key)) {
                (was, Some(now)) => {
                    servers.push(self.server(&thing, was.as_ref(), server, &now));
                }
                (None, None) => servers.push(server.clone()),
                (Some(was), None) => {
                    let touched = !is_alike(&was, server);
                    self.say(&thing, ConflictKind::Removed { touched });
                    if touched && self.keep == ConflictResolution::Mine {
                        servers.push(server.clone());
                    }
                }
            }
        }
        for now in theirs.servers.iter().filter(|now| find(mine, now.key).is_none()) {
            let was = begin.and_then(|begin| find(begin, now.key));
            let changed = was.map(|was| !is_alike(&was, now));
            if self.comes_back(&server_thing(theirs, now), changed) {
                servers.push(now.clone());
            }
        }
        servers
    }

    /// Whether something that is there and not wanted here comes into the form all the same: it is
    /// new, or somebody else `changed` what this edit removes and theirs holds.
    fn comes_back(&mut self, thing: &Subject, changed: Option<bool>) -> bool {
        match changed {
            None => self.say(thing, ConflictKind::Added),
            Some(true) => self.say(thing, ConflictKind::ChangedWhereRemoved),
            Some(false) => {}
        }
        changed.is_none_or(|changed| changed && self.keep == ConflictResolution::Theirs)
    }

    fn server(
        &mut self,
        thing: &Subject,
        begin: Option<&ServerDraft>,
        mine: &ServerDraft,
        theirs: &ServerDraft,
    ) -> ServerDraft {
        use ConflictField as F;
        let text = |of: fn(&ServerDraft) -> &String| (begin.map(of), of(mine), of(theirs));
        let flag = |of: fn(&ServerDraft) -> &bool| (begin.map(of), of(mine), of(theirs));
        let (was, my, now) = text(|server| &server.weight);
        let weight = self.text(thing, F::Weight, was, my, now);
        let (was, my, now) = text(|server| &server.name);
        let name = self.text(thing, F::Name, was, my, now);
        let (was, my, now) = flag(|server| &server.backup);
        let backup = self.flag(thing, F::Backup, was, my, now);
        let (was, my, now) = flag(|server| &server.enabled);
        let enabled = self.flag(thing, F::Enabled, was, my, now);
        ServerDraft {
            // Where it is cannot change but by this edit, which then replaces it.
            address: mine.address.clone(),
            port: mine.port.clone(),
            weight,
            name,
            backup,
            enabled,
            undrained: mine.undrained.clone(),
            ..theirs.clone()
        }
    }

    fn health(
        &mut self,
        thing: &Subject,
        begin: Option<&HealthDraft>,
        mine: &HealthDraft,
        theirs: &HealthDraft,
    ) -> HealthDraft {
        // A check that is being made, or made anew with another kind, is not there for a moment.
        let being_made = mine.kind.is_some()
            && theirs.kind.is_none()
            && begin.is_none_or(|begin| begin.kind != mine.kind);
        if being_made {
            return mine.clone();
        }
        if let Some(begin) = begin.filter(|begin| begin.kind == theirs.kind)
            && mine.kind.is_none()
        {
            let mut kept = false;
            for field in HEALTH_TEXTS {
                let (was, now) = (begin.text(field), theirs.text(field));
                if let (Some(was), Some(now)) = (was, now)
                    && was != now
                {
                    let (before, theirs) = (was.clone(), now.clone());
                    let field = ConflictField::Health(field);
                    let mine = Some(String::new());
                    self.say(thing, ConflictKind::Changed { field, before, theirs, mine });
                    kept = self.keep == ConflictResolution::Theirs;
                }
            }
            if kept {
                return theirs.clone();
            }
        }
        let kind = Three { begin: begin.map(|b| &b.kind), mine: &mine.kind, theirs: &theirs.kind };
        let mut health = HealthDraft {
            kind: self.field(thing, ConflictField::Health(HealthField::Kind), kind, |kind| {
                kind.as_ref().map(ToString::to_string).unwrap_or_default()
            }),
            ..theirs.clone()
        };
        // Of a check that is gone nothing else can be told apart.
        if theirs.kind.is_none() || mine.kind.is_none() {
            let whose = if health.kind == mine.kind { mine } else { theirs };
            return HealthDraft { kind: health.kind, ..whose.clone() };
        }
        for field in HEALTH_TEXTS {
            let was = begin.and_then(|begin| begin.text(field));
            let (Some(my), Some(now)) = (mine.text(field), theirs.text(field)) else { continue };
            let merged = self.text(thing, ConflictField::Health(field), was, my, now);
            health.text_mut(field).into_iter().for_each(|text| text.clone_from(&merged));
        }
        health
    }

    fn listeners(&mut self) -> Vec<ListenerDraft> {
        let (begin, mine, theirs) = (self.begin, self.mine, self.theirs);
        let mut there = Vec::new();
        let mut new = Vec::new();
        for listener in &mine.listeners {
            match (begin.listener(listener.key), theirs.listener(listener.key)) {
                (was, Some(now)) => there.push(self.listener(was, listener, now)),
                (None, None) => new.push(listener.clone()),
                (Some(was), None) => {
                    let touched = was != listener;
                    self.say(&listener_thing(listener), ConflictKind::Removed { touched });
                    if touched && self.keep == ConflictResolution::Mine {
                        new.push(listener.clone());
                    }
                }
            }
        }
        for now in theirs.listeners.iter().filter(|now| mine.listener(now.key).is_none()) {
            let was = begin.listener(now.key);
            // Without its listener, a group that was put back would go again.
            let serves = now.group.is_some_and(|group| self.put_back.contains(&group));
            let changed = was.map(|was| serves || is_other(was, now));
            if self.comes_back(&listener_thing(now), changed) {
                there.push(now.clone());
            }
        }
        there.extend(new);
        there
    }

    fn listener(
        &mut self,
        begin: Option<&ListenerDraft>,
        mine: &ListenerDraft,
        theirs: &ListenerDraft,
    ) -> ListenerDraft {
        use ConflictField as F;
        let thing = &listener_thing(mine);
        let was = begin.map(|begin| &begin.name);
        let name = self.text(thing, F::Name, was, &mine.name, &theirs.name);
        let was = begin.map(|begin| &begin.connection_limit);
        let (my, now) = (&mine.connection_limit, &theirs.connection_limit);
        let connection_limit = self.text(thing, F::ConnectionLimit, was, my, now);
        let certificate = Three {
            begin: begin.map(|b| &b.certificate),
            mine: &mine.certificate,
            theirs: &theirs.certificate,
        };
        let certificate = self.field(thing, F::Certificate, certificate, |certificate| {
            certificate.clone().unwrap_or_default()
        });
        let sni = match begin {
            // Nothing in a form chooses them.
            None => theirs.sni.clone(),
            Some(begin) => {
                let (mine, theirs) = (&mine.sni, &theirs.sni);
                let three = Three { begin: Some(&begin.sni), mine, theirs };
                self.field(thing, F::Certificate, three, |all| all.join("\n"))
            }
        };
        let names = (self.mine, self.theirs);
        let group =
            Three { begin: begin.map(|b| &b.group), mine: &mine.group, theirs: &theirs.group };
        let group = self.field(thing, F::Group, group, |key| {
            let group = key.and_then(|key| names.0.group(key).or(names.1.group(key)));
            group.map(|group| group.name.clone()).unwrap_or_default()
        });
        let redirect = match (begin, &theirs.redirect) {
            // Being made: the rest of it is under way.
            (None, None) => mine.redirect.clone(),
            _ => {
                let three = Three {
                    begin: begin.map(|b| &b.redirect),
                    mine: &mine.redirect,
                    theirs: &theirs.redirect,
                };
                self.field(thing, F::Redirect, three, |to| to.clone().unwrap_or_default())
            }
        };
        let forwarded = Three {
            begin: begin.map(|b| &b.forwarded),
            mine: &mine.forwarded,
            theirs: &theirs.forwarded,
        };
        let forwarded = self.field(thing, F::Headers, forwarded, |headers| {
            let added = headers.each().into_iter().filter(|(_, added)| *added);
            added.map(|(name, _)| name).collect::<Vec<_>>().join(", ")
        });
        let own = match (&mine.own, &theirs.own) {
            (Some(mine), Some(theirs)) => {
                let begin = begin.and_then(|begin| begin.own.as_ref());
                Some(self.options(thing, begin, mine, theirs))
            }
            (mine, theirs) => mine.clone().or_else(|| theirs.clone()),
        };
        ListenerDraft {
            name,
            certificate,
            sni,
            connection_limit,
            group,
            redirect,
            forwarded,
            own,
            ..theirs.clone()
        }
    }

    fn options(
        &mut self,
        thing: &Subject,
        begin: Option<&ListenerOptions>,
        mine: &ListenerOptions,
        theirs: &ListenerOptions,
    ) -> ListenerOptions {
        use ConflictField::{AllowedCidrs, Timeout};
        use TimeoutField::{ClientData, MemberConnect, MemberData};
        let mut merged = |field, of: fn(&ListenerOptions) -> &String| {
            // Of what is being made, one that is empty is left to the service: what it chose is right.
            if begin.is_none() && matches!(field, Timeout(_)) && of(mine).is_empty() {
                return of(theirs).clone();
            }
            self.text(thing, field, begin.map(of), of(mine), of(theirs))
        };
        ListenerOptions {
            allowed_cidrs: merged(AllowedCidrs, |o| &o.allowed_cidrs),
            timeout_client_data: merged(Timeout(ClientData), |o| &o.timeout_client_data),
            timeout_member_connect: merged(Timeout(MemberConnect), |o| &o.timeout_member_connect),
            timeout_member_data: merged(Timeout(MemberData), |o| &o.timeout_member_data),
        }
    }
}

const HEALTH_TEXTS: [HealthField; 8] = [
    HealthField::Delay,
    HealthField::Timeout,
    HealthField::Rise,
    HealthField::Fall,
    HealthField::Method,
    HealthField::Path,
    HealthField::Codes,
    HealthField::Domain,
];

/// Whether nothing of a server was touched.
fn is_alike(a: &ServerDraft, b: &ServerDraft) -> bool {
    ServerDraft { undrained: None, ..a.clone() } == ServerDraft { undrained: None, ..b.clone() }
}

/// Whether somebody changed a group or what is in it. What went from it is no reason to keep it, and
/// may be what a removal has done so far.
fn has_more(was: &GroupDraft, now: &GroupDraft) -> bool {
    let same = |server: &ServerDraft| was.servers.iter().any(|old| is_alike(old, server));
    was.name != now.name
        || was.method != now.method
        || now.persistence.kind.is_some() && was.persistence != now.persistence
        || now.health.kind.is_some() && was.health != now.health
        || !now.servers.iter().all(same)
}

/// Whether somebody changed a listener; what went from it may be what a removal has done so far.
fn is_other(was: &ListenerDraft, now: &ListenerDraft) -> bool {
    let gone = |listener: &ListenerDraft| ListenerDraft {
        group: now.group.and(listener.group),
        redirect: now.redirect.as_ref().and(listener.redirect.clone()),
        ..listener.clone()
    };
    gone(was) != gone(now)
}

fn group_thing(group: &GroupDraft) -> Subject {
    Subject::Group { name: group.name.clone() }
}

fn server_thing(group: &GroupDraft, server: &ServerDraft) -> Subject {
    Subject::Server {
        address: server.address.clone(),
        port: server.port.clone(),
        group: group.name.clone(),
    }
}

fn listener_thing(listener: &ListenerDraft) -> Subject {
    Subject::Listener { protocol: listener.protocol.clone(), port: listener.port.clone() }
}

fn persistence_words(kept: &PersistenceDraft) -> String {
    let kind = kept.kind.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{kind} {}", kept.cookie_name).trim().to_owned()
}
