//! Sessions are cached in memory, and never answered from the cache once they changed, on whatever node.
//!
//! Each story asks two nodes until both know, changes something, and compares what they say then with what somebody says
//! who has never asked before. That the comparison finds what nobody was told of is shown by taking the triggers away.
use crate::{
    socket_sessions::{session, signing_in},
    support::{Backend, Node, Sql, TestStore, at, email, token_issuer, username},
};
use domain::{
    audit::{AuditAction, AuditEntry},
    identity::{
        AccountFlag, AccountId, BirthDate, Caller, FatherName, GivenName, Phone, ProfileEdit, ProfilePatch,
        Role, SetFlag, Sex, TokenHash, ports::AccountRepository,
    },
    shared::Patch::Set,
};
use infra::identity::DieselAccountRepository;

/// Who they are, and whether their account is active.
type Told = Option<(Caller, bool)>;

pub(crate) fn told(accounts: &dyn AccountRepository, tokens: &[TokenHash]) -> Vec<Told> {
    let session_accounts = accounts.session_accounts(tokens).unwrap();
    session_accounts
        .into_iter()
        .map(|session_account| {
            session_account.map(|session_account| (session_account.caller, session_account.active))
        })
        .collect()
}

/// What somebody is told who knows nothing yet.
fn truth(db: &TestStore, tokens: &[TokenHash]) -> Vec<Told> {
    told(&DieselAccountRepository::new(db.store.clone(), db.token_issuer.clone()), tokens)
}

/// Two nodes that know these tokens.
struct Nodes<'a> {
    db: &'a TestStore,
    other: Node,
    tokens: Vec<TokenHash>,
}

impl<'a> Nodes<'a> {
    fn of(db: &'a TestStore, tokens: &[&TokenHash]) -> Self {
        let tokens = tokens.iter().map(|token| (*token).clone()).collect();
        let nodes = Self { db, other: db.second_node(), tokens };
        nodes.agree("at first");
        nodes
    }

    /// Both say what is so: as they know it, and as they know it from then on.
    fn agree(&self, after: &str) -> Vec<Told> {
        let truth = truth(self.db, &self.tokens);
        for node in [self.db, &self.other] {
            for _ in 0..2 {
                assert_eq!(told(&*node.accounts, &self.tokens), truth, "after {after}");
            }
        }
        truth
    }

    /// Changes something, and what is so is told.
    fn after<T>(&self, what: &str, change: impl FnOnce() -> T) -> Vec<Told> {
        change();
        self.agree(what)
    }

    /// The same, and something that is told has changed.
    fn moved_by<T>(&self, what: &str, change: impl FnOnce() -> T) -> Vec<Told> {
        let before = self.agree(what);
        let now = self.after(what, change);
        assert_ne!(before, now, "{what} changed nothing");
        now
    }
}

pub(crate) fn edit(of: &Caller, patch: ProfilePatch) -> ProfileEdit {
    let audit = AuditEntry::own(of.id(), AuditAction::ProfileChanged, at(60));
    ProfileEdit { account: of.id(), patch, password: None, session: TokenHash(String::new()), audit }
}

pub(crate) fn grant(node: &Node, name: &str, flag: AccountFlag) {
    node.accounts.grant(&SetFlag { username: username(name), flag, at: at(40) }).unwrap();
}

fn epochs(sql: &mut Sql) -> [i64; 2] {
    ["epoch", "people"].map(|column| sql.number(&format!("select {column} from access")))
}

fn is_postgres(db: &TestStore) -> bool {
    db.backend() == Backend::Postgres
}

/// Another value for a column of accounts.
fn other_value(column: &str) -> Option<&str> {
    Some(match column {
        // Given once, and the key of all that is theirs.
        "id" => return None,
        "username" | "email" | "email_key" | "password" | "first_name" | "last_name" | "father_name"
        | "phone_number" => "'other'",
        "sex" => "'F'",
        "date_of_birth" => "'1965-02-28'",
        "is_doctor" => "not is_doctor",
        "is_patient" => "not is_patient",
        "is_staff" => "not is_staff",
        "is_active" => "not is_active",
        "created_at" => "'2025-01-01 00:00:00'",
        new => panic!("say another value for {new}"),
    })
}

on_both!(whatever_column_of_an_account_an_operator_changes_is_told_at_once, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let nodes = Nodes::of(db, &[&session(db, "sarah")]);
    let mut sql = db.database.sql();
    for column in sql.columns("accounts") {
        let Some(value) = other_value(&column) else { continue };
        let change = format!("update accounts set {column} = {value} where id = {}", sarah.id().get());
        let before = nodes.agree(&change);
        let now = nodes.after(&change, || sql.run(&change).unwrap());
        let secret = ["email_key", "password", "created_at"].contains(&column.as_str());
        assert_eq!(before == now, secret, "{change}");
    }
    let all_blank = "update accounts set sex = null, date_of_birth = null, phone_number = ''";
    nodes.moved_by(all_blank, || sql.run(all_blank).unwrap());
});

on_both!(every_field_of_a_profile_that_is_edited_on_another_node_is_told_at_once, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let nodes = Nodes::of(db, &[&session(db, "sarah")]);
    let (keep, day) = (ProfilePatch::default, "1965-02-28".parse().unwrap());
    let patches = [
        ProfilePatch { username: Set(username("anna")), ..keep() },
        ProfilePatch { email: Set(email("anna@example.com")), ..keep() },
        ProfilePatch { first_name: Set(GivenName::parse("Anna").unwrap()), ..keep() },
        ProfilePatch { last_name: Set(GivenName::parse("Reese").unwrap()), ..keep() },
        ProfilePatch { father_name: Set(FatherName::parse("Ivanovna").unwrap()), ..keep() },
        ProfilePatch { sex: Set(Some(Sex::Female)), ..keep() },
        ProfilePatch { sex: Set(None), ..keep() },
        ProfilePatch {
            date_of_birth: Set(Some(BirthDate::parse(day, at(0).date_naive()).unwrap())),
            ..keep()
        },
        ProfilePatch { phone_number: Set(Phone::parse("555").unwrap()), ..keep() },
    ];
    for (node, patch) in [&nodes.other, &**db].into_iter().cycle().zip(patches) {
        let edited = edit(&sarah, patch);
        let what = format!("{:?}", edited.patch);
        let now = nodes.moved_by(&what, || node.accounts.edit(&edited).unwrap());
        let kept = db.accounts.credentials(&username(&now[0].as_ref().unwrap().0.person.username));
        assert_eq!(kept.unwrap().unwrap().caller, now[0].as_ref().unwrap().0, "{what}");
    }
});

on_both!(every_standing_that_is_given_or_taken_on_whatever_node_is_told_at_once, |db: &TestStore| {
    db.patient("sarah");
    let nodes = Nodes::of(db, &[&session(db, "sarah")]);
    for node in [db, &nodes.other] {
        for (flag, expected) in [
            (AccountFlag::Doctor(true), (true, false, true)),
            (AccountFlag::Staff(true), (true, true, true)),
            (AccountFlag::Active(false), (true, true, false)),
            (AccountFlag::Doctor(false), (false, true, false)),
            (AccountFlag::Active(true), (false, true, true)),
            (AccountFlag::Staff(false), (false, false, true)),
        ] {
            let what = format!("{flag:?}");
            let (caller, active) = nodes.moved_by(&what, || grant(node, "sarah", flag)).remove(0).unwrap();
            assert_eq!(
                (caller.person.roles.has(Role::Doctor), caller.is_staff(), active),
                expected,
                "{what}"
            );
        }
    }
});

on_both!(signing_out_on_one_node_ends_the_session_on_all, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let of_kyle = session(db, "kyle");
    let mut old = vec![];
    for round in 0..4 {
        let nodes = Nodes::of(db, &[&session(db, "sarah"), &of_kyle]);
        let node = if round % 2 == 0 { db } else { &nodes.other };
        let now = nodes.moved_by("signing out", || node.accounts.sign_out(sarah.id()).unwrap());
        assert_eq!(now, [None, Some((kyle.clone(), true))]);
        old.extend(nodes.tokens[..1].iter().cloned());
        node.accounts.sign_in(&signing_in(&sarah, &format!("nonce {round}"))).unwrap();
        assert_eq!(nodes.agree("signing in again"), now, "the old token came back");
    }
    assert_eq!(told(&*db.accounts, &old), vec![None; 4]);
});

on_both!(a_session_that_another_house_replaces_is_nobodys, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let nodes = Nodes::of(db, &[&session(db, "sarah")]);
    let elsewhere = DieselAccountRepository::new(db.store.clone(), token_issuer("the new secret"));
    let now = nodes.moved_by("a new secret", || elsewhere.sign_in(&signing_in(&sarah, "fresh")).unwrap());
    assert_eq!(now, [None]);
});

/// What an operator may do to a session or an account: how it is called, the statements, and how many of Sarah and Kyle
/// hold their token then.
fn operators(db: &TestStore, sarah: AccountId, kyle: AccountId) -> Vec<(&'static str, Vec<String>, usize)> {
    let (sarah, kyle) = (sarah.get(), kyle.get());
    let [session, account] =
        ["sessions where account_id", "accounts where id"].map(|of| format!("delete from {of} = {sarah}"));
    let columns = |table: &str, changed: &str, value: &str| {
        let mut sql = db.database.sql();
        let columns = sql.columns(table);
        let of = |column: &String| {
            if column == changed { value.to_owned() } else { format!("\"{column}\"") }
        };
        columns.iter().map(of).collect::<Vec<_>>().join(", ")
    };
    let mut all = vec![
        ("deletes a session", vec![session.clone()], 1),
        ("deletes all sessions", vec!["delete from sessions".into()], 0),
        (
            "replaces a token",
            vec![format!("update sessions set token_hash = 'x' where account_id = {sarah}")],
            1,
        ),
        (
            "gives a token to somebody else",
            vec![
                format!("delete from sessions where account_id = {kyle}"),
                format!("update sessions set account_id = {kyle} where account_id = {sarah}"),
            ],
            1,
        ),
        (
            "deletes a session and makes it again",
            vec![
                "create table kept as select * from sessions".into(),
                session.clone(),
                format!("insert into sessions select * from kept where account_id = {sarah}"),
                "drop table kept".into(),
            ],
            2,
        ),
        ("deletes an account", vec![account.clone()], 1),
    ];
    if is_postgres(db) {
        all.push(("truncates the sessions", vec!["truncate sessions".into()], 0));
        all.push(("truncates the accounts", vec!["truncate accounts cascade".into()], 0));
        let schema = db.database.sql().words("select current_schema()::text as words").remove(0);
        let elsewhere = |statement: String| vec!["set search_path to public".into(), statement];
        all.push(("deletes by its whole name", elsewhere(format!("delete from {schema}.sessions")), 0));
        let rename = format!("update {schema}.accounts set first_name = 'other'");
        all.push(("renames by their whole name", elsewhere(rename), 2));
    } else {
        // As the shell does, which keeps no foreign keys unless it is told to.
        let alone = |statement: String| vec!["pragma foreign_keys = off".into(), statement];
        all.push(("deletes an account, and not its session", alone(account), 1));
        all.push((
            "numbers an account anew",
            alone(format!("update accounts set id = 9999 where id = {sarah}")),
            1,
        ));
        let replace = |table: &str, changed, value: &str, id: &str| {
            let columns = columns(table, changed, value);
            alone(format!("replace into {table} select {columns} from {table} where {id} = {sarah}"))
        };
        let session = replace("sessions", "token_hash", "'x'", "account_id");
        all.push(("puts another session over one", session, 1));
        let stolen = replace("sessions", "account_id", &kyle.to_string(), "account_id");
        all.push(("puts a token over another account's", stolen, 1));
        all.push(("puts another account over one", replace("accounts", "first_name", "'other'", "id"), 2));
    }
    all
}

on_both!(whatever_an_operator_does_to_sessions_and_accounts_is_told_at_once, |db: &TestStore| {
    let many = operators(db, db.patient("sarah").id(), db.patient("kyle").id()).len();
    for nth in 0..many {
        let db = &TestStore::on(db.backend());
        let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
        let nodes = Nodes::of(db, &[&session(db, "sarah"), &session(db, "kyle")]);
        let (what, statements, hold) = operators(db, sarah.id(), kyle.id()).swap_remove(nth);
        let mut sql = db.database.sql();
        let now =
            nodes.after(what, || statements.iter().for_each(|one| assert!(sql.run(one).is_ok(), "{one}")));
        assert_eq!(now.iter().flatten().count(), hold, "{what}");
    }
});

on_both!(a_change_is_told_from_its_commit_on_and_one_that_is_rolled_back_never, |db: &TestStore| {
    let sarah = db.patient("sarah");
    db.patient("kyle");
    let nodes = Nodes::of(db, &[&session(db, "sarah")]);
    let mut sql = db.database.sql();
    let (before, first) = (epochs(&mut sql), nodes.agree("at first"));
    for end in ["rollback", "commit"] {
        sql.run("begin").unwrap();
        sql.run("update accounts set first_name = 'other', is_staff = true where username = 'sarah'")
            .unwrap();
        assert_eq!(nodes.agree("a change that may yet be rolled back"), first);
        sql.run(end).unwrap();
        assert_eq!(nodes.agree(end) == first, end == "rollback");
        assert_eq!(epochs(&mut sql) == before, end == "rollback");
    }
    let taken = ProfilePatch { username: Set(username("kyle")), ..ProfilePatch::default() };
    db.refuses(|| db.accounts.edit(&edit(&sarah, taken)));
    nodes.agree("an edit that was refused");
});

on_both!(tokens_are_answered_in_their_order_known_or_not_and_twice_if_asked_twice, |db: &TestStore| {
    let people = ["a", "b", "c", "d"].map(|name| (db.patient(name), session(db, name)));
    let [a, b, c, d] = &people.each_ref().map(|(_, token)| token);
    let nobodys = &TokenHash("nobody's".into());
    let expected = |token: &TokenHash| {
        people.iter().find(|(_, held)| held == token).map(|(caller, _)| (caller.clone(), true))
    };
    // Nobody is known; then some; then all but the nobodys.
    for asked in [
        vec![nobodys],
        vec![a, nobodys, a],
        vec![c, a, nobodys, b, a, c],
        vec![d, c, b, a],
        vec![nobodys, d, d, nobodys, a, b, c],
        vec![],
    ] {
        let asked: Vec<_> = asked.into_iter().cloned().collect();
        let right: Vec<_> = asked.iter().map(expected).collect();
        assert_eq!(told(&*db.accounts, &asked), right);
    }
    db.accounts.sign_out(people[1].0.id()).unwrap();
    let asked = [a, b, b, nobodys, d].map(|token| (*token).clone());
    let [a, d] = [a, d].map(|token| expected(token));
    assert_eq!(told(&*db.accounts, &asked), [a, None, None, None, d]);
});

on_both!(edits_move_the_epoch_of_people_and_never_the_one_that_sockets_watch, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let mut sql = db.database.sql();
    let [access, people] = epochs(&mut sql);
    let phone =
        |number| ProfilePatch { phone_number: Set(Phone::parse(number).unwrap()), ..ProfilePatch::default() };
    for (nth, number) in ["1", "2", "3"].into_iter().enumerate() {
        db.accounts.edit(&edit(&sarah, phone(number))).unwrap();
        assert_eq!(epochs(&mut sql), [access, people + 1 + i64::try_from(nth).unwrap()]);
    }
    // Who comes changes nothing that anybody knows.
    db.patient("kyle");
    db.accounts.edit(&edit(&sarah, ProfilePatch::default())).unwrap();
    assert_eq!(epochs(&mut sql), [access, people + 3]);
    grant(db, "sarah", AccountFlag::Staff(true));
    db.accounts.sign_out(sarah.id()).unwrap();
    assert_eq!(epochs(&mut sql), [access + 2, people + 3]);
});

on_both!(more_sessions_than_are_remembered_are_all_told_as_they_are, |db: &TestStore| {
    let mut sql = db.database.sql();
    let numbers = "with recursive n (i) as (select 1 union all select i + 1 from n where i < 20500)";
    sql.run(&format!(
        "insert into accounts (username, email, email_key, password, first_name, last_name, father_name, \
         phone_number, is_doctor, is_patient, is_staff, is_active, created_at) {numbers} \
         select 'p' || i, 'e', 'e' || i, 'p', 'p' || i, 'l', 'f', '', false, true, false, true, \
         current_timestamp from n"
    ))
    .unwrap();
    sql.run(
        "insert into sessions (account_id, nonce, token_hash, created_at) \
         select id, 'n', 'hash of ' || username, created_at from accounts",
    )
    .unwrap();
    let tokens: Vec<_> = (1..=20_500).map(|i| TokenHash(format!("hash of p{i}"))).collect();
    let ask = |some: &[TokenHash], named: &str| {
        for (token, told) in some.iter().zip(told(&*db.accounts, some)) {
            let name = format!("{}{named}", token.0.trim_start_matches("hash of "));
            assert_eq!(told.unwrap().0.person.first_name, name);
        }
    };
    tokens.chunks(250).for_each(|some| ask(some, ""));
    sql.run("update accounts set first_name = first_name || ' again'").unwrap();
    // Those who came last are remembered.
    tokens.rchunks(250).for_each(|some| ask(some, " again"));
});

/// The triggers, each with a change that nobody is told of without it.
const TRIGGERS: [(&str, &str, &str); 4] = [
    ("a_session_ends", "sessions", "delete from sessions"),
    ("a_session_is_replaced", "sessions", "update sessions set token_hash = 'x'"),
    ("a_standing_changes", "accounts", "update accounts set is_staff = true"),
    ("a_profile_changes", "accounts", "update accounts set first_name = 'other'"),
];

on_both!(without_its_trigger_a_change_is_not_told_so_the_stories_above_can_fail, |db: &TestStore| {
    for (trigger, table, change) in TRIGGERS {
        let db = &TestStore::on(db.backend());
        db.patient("sarah");
        let token = [session(db, "sarah")];
        let (known, mut sql) = (told(&*db.accounts, &token), db.database.sql());
        let of = if is_postgres(db) { format!(" on {table}") } else { String::new() };
        sql.run(&format!("drop trigger {trigger}{of}")).unwrap();
        sql.run(change).unwrap();
        assert_ne!(truth(db, &token), known, "{trigger}");
        assert_eq!(told(&*db.accounts, &token), known, "{trigger}");
    }
});
