//! The engine of the matrix. It knows no family: a family gives a [`World`] and its [`Row`]s.
use serde_json::Value;
use std::{collections::BTreeSet, fmt::Debug};
use testing::*;
use web::http::{Access, Query, Route};

/// People of every kind, and data of one of them, the owner.
pub trait World: Sized {
    type Role: Copy + Debug + PartialEq + 'static;
    const ROLES: &'static [Self::Role];
    /// Callers without a token, or with one that is void.
    const SHUT_OUT: &'static [Self::Role];
    /// A word in everything that is the owner's.
    const CANARY: &'static str;

    /// A world of its own, beside those of other rounds.
    async fn seed(app: &App, round: usize) -> Self;
    /// `None` for a guest.
    fn person(&self, role: Self::Role) -> Option<&Person>;
    /// Everything that is the owner's.
    async fn snapshot(&self, app: &App) -> Vec<Value>;
}

/// One way to put an id of the owner's into a route.
pub struct Row<W: World> {
    route: &'static str,
    /// What fills the path's gap (several are parted by `/`), or the query with its `?`; and the body.
    with: fn(&W) -> (String, Value),
    /// Who sees something of the owner's by it, or changes it.
    allowed: &'static [W::Role],
    ends_the_session: bool,
    changes: bool,
}

pub fn row<W: World>(
    route: &'static str,
    allowed: &'static [W::Role],
    with: fn(&W) -> (String, Value),
) -> Row<W> {
    Row { route, with, allowed, ends_the_session: false, changes: !route.starts_with("GET ") }
}

impl<W: World> Row<W> {
    /// A caller may end their own session. As later rows need it, only callers who are shut out are asked.
    pub fn ending_the_session(self) -> Self {
        Self { ends_the_session: true, ..self }
    }

    /// A `GET` that acts.
    pub fn changing(self) -> Self {
        Self { changes: true, ..self }
    }

    fn is_audited(&self, world: &W, table: &[Route]) -> bool {
        let (filling, _body) = (self.with)(world);
        let route = table.iter().find(|route| self.route == format!("{} {}", route.method, route.path));
        route.unwrap().is_audited(&Query::parse(filling.strip_prefix('?').unwrap_or_default()))
    }

    fn request(&self, world: &W, role: W::Role) -> Case {
        let (method, path) = self.route.split_once(' ').unwrap();
        let (filling, body) = (self.with)(world);
        let path = if path.contains('{') { filled(path, &filling) } else { format!("{path}{filling}") };
        let asked = case(format!("{role:?}")).to(method.parse().unwrap(), path).json(body);
        match world.person(role) {
            Some(person) => asked.by(person),
            None => asked,
        }
    }
}

/// The gaps one after another.
fn filled(path: &str, fillings: &str) -> String {
    let fill = |path: String, filling: &str| {
        let (head, tail) = path.split_once('{').unwrap();
        format!("{head}{filling}{}", tail.split_once('}').unwrap().1)
    };
    fillings.split('/').fold(path.to_owned(), fill)
}

pub fn every_route_has_a_row<W: World>(rows: &[Row<W>], table: &[Route]) {
    let routes = table.iter().map(|route| format!("{} {}", route.method, route.path));
    let (there, judged): (BTreeSet<_>, BTreeSet<_>) =
        (routes.collect(), rows.iter().map(|row| row.route.to_owned()).collect());
    assert_eq!(judged, there);
}

/// Judges every cell of those who are not allowed, and counts the cells.
pub async fn nobody_else_is_served<W: World>(app: &App, rows: &[Row<W>], table: &[Route]) -> usize {
    let world = W::seed(app, 0).await;
    let open: Vec<_> = table
        .iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| route.path.as_str())
        .collect();
    let (before, mut cells, mut wrong) = (world.snapshot(app).await, 0, vec![]);
    for row in rows {
        for role in W::ROLES.iter().copied().filter(|role| !row.allowed.contains(role)) {
            let shut_out = W::SHUT_OUT.contains(&role);
            if row.ends_the_session && !shut_out {
                continue;
            }
            let said = app.ask(row.request(&world, role)).await;
            cells += 1;
            let closed = !open.iter().any(|path| row.route.ends_with(*path));
            let let_in = closed && shut_out && said.status != 401;
            if said.status >= 500 || said.body.to_string().contains(W::CANARY) || let_in {
                wrong.push(format!("{} as {role:?}: {said:?}", row.route));
            }
            if world.snapshot(app).await != before {
                wrong.push(format!("{} as {role:?} changed something of the owner's: {said:?}", row.route));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    cells
}

/// Judges every cell of those who are allowed. Reads share one world, and each write has its own. A read that the audit log tells of
/// is one that its line in the URL table calls so.
pub async fn the_allowed_are_served<W: World>(app: &App, rows: &[Row<W>], table: &[Route]) {
    let shared = W::seed(app, 0).await;
    let mut database = app.database.sql();
    let mut audited = || database.number("select count(*) from audit_entries");
    let (before, mut round) = (shared.snapshot(app).await, 0);
    for (row, role) in rows.iter().flat_map(|row| row.allowed.iter().map(move |role| (row, *role))) {
        if !row.changes {
            let entries = audited();
            let said = app.ask(row.request(&shared, role)).await;
            assert!((200..300).contains(&said.status), "{} as {role:?}: {said:?}", row.route);
            assert!(said.body.to_string().contains(W::CANARY), "{} as {role:?}: {said:?}", row.route);
            assert!(
                audited() == entries || row.is_audited(&shared, table),
                "{} as {role:?} is audited, and runs on the threads for reads",
                row.route
            );
            continue;
        }
        round += 1;
        let world = W::seed(app, round).await;
        let before = world.snapshot(app).await;
        let said = app.ask(row.request(&world, role)).await;
        assert!((200..300).contains(&said.status), "{} as {role:?}: {said:?}", row.route);
        assert_ne!(world.snapshot(app).await, before, "{} as {role:?}: {said:?}", row.route);
    }
    assert_eq!(shared.snapshot(app).await, before, "a read changed something");
}
