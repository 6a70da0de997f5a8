//! Plain SQL on a connection of the test's own, to look behind the repositories.
use diesel::{
    Connection, PgConnection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Text},
};
use infra::store::Location;

pub enum Sql {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    words: String,
}

impl Sql {
    pub fn on(location: &Location) -> Self {
        match location {
            Location::Postgres(url) => Self::Postgres(PgConnection::establish(url).unwrap()),
            Location::Sqlite(path) => {
                let mut c = SqliteConnection::establish(&path.display().to_string()).unwrap();
                c.batch_execute("PRAGMA busy_timeout = 2000").unwrap();
                Self::Sqlite(c)
            }
        }
    }

    pub fn run(&mut self, statement: &str) -> QueryResult<usize> {
        match self {
            Self::Postgres(c) => sql_query(statement).execute(c),
            Self::Sqlite(c) => sql_query(statement).execute(c),
        }
    }

    /// Several statements.
    pub fn batch(&mut self, statements: &str) {
        match self {
            Self::Postgres(c) => c.batch_execute(statements).unwrap(),
            Self::Sqlite(c) => c.batch_execute(statements).unwrap(),
        }
    }

    pub fn number(&mut self, question: &str) -> i64 {
        let question = sql_query(format!("select ({question}) as number"));
        let answer: Number = match self {
            Self::Postgres(c) => question.get_result(c).unwrap(),
            Self::Sqlite(c) => question.get_result(c).unwrap(),
        };
        answer.number
    }

    pub fn count(&mut self, table: &str) -> i64 {
        self.number(&format!("select count(*) from {table}"))
    }

    /// From now on nobody can insert a row into this table of which `when` is true.
    pub fn refuse_inserts(&mut self, table: &str, when: &str) {
        let refuse = match self {
            Self::Postgres(_) => "raise exception 'on purpose'",
            Self::Sqlite(_) => "select raise(abort, 'on purpose')",
        };
        self.on_insert(table, when, refuse);
    }

    /// From now on no change that inserts such a row can be committed. All its statements succeed; its COMMIT fails.
    pub fn fail_at_commit(&mut self, table: &str, when: &str) {
        let unsound =
            "create table unsound (owner bigint references accounts (id) deferrable initially deferred)";
        self.run(unsound).unwrap();
        self.on_insert(table, when, "insert into unsound values (-1)");
    }

    fn on_insert(&mut self, table: &str, when: &str, act: &str) {
        let name = format!("on_insert_of_{table}");
        let trigger = format!("create trigger {name} after insert on {table} for each row when ({when})");
        match self {
            Self::Postgres(_) => {
                self.run(&format!(
                    "create function {name}() returns trigger language plpgsql as $$ begin {act}; return new; end $$"
                ))
                .unwrap();
                self.run(&format!("{trigger} execute function {name}()")).unwrap();
            }
            Self::Sqlite(_) => drop(self.run(&format!("{trigger} begin {act}; end")).unwrap()),
        }
    }

    /// One column, called `words`.
    pub fn words(&mut self, question: &str) -> Vec<String> {
        let question = sql_query(question);
        let rows: Vec<Words> = match self {
            Self::Postgres(c) => question.load(c).unwrap(),
            Self::Sqlite(c) => question.load(c).unwrap(),
        };
        rows.into_iter().map(|row| row.words).collect()
    }

    pub fn tables(&mut self) -> Vec<String> {
        self.words(match self {
            Self::Postgres(_) => {
                "select table_name::text as words from information_schema.tables \
                 where table_schema = current_schema() order by 1"
            }
            Self::Sqlite(_) => {
                "select name as words from sqlite_master where type = 'table' and name not like 'sqlite_%' order by 1"
            }
        })
    }

    pub fn columns(&mut self, table: &str) -> Vec<String> {
        self.words(&match self {
            Self::Postgres(_) => format!(
                "select column_name::text as words from information_schema.columns \
                 where table_schema = current_schema() and table_name = '{table}' order by ordinal_position"
            ),
            Self::Sqlite(_) => format!("select name as words from pragma_table_info('{table}') order by cid"),
        })
    }

    /// Every value of every row of every table, one line for each row.
    pub fn everything(&mut self) -> Vec<String> {
        let mut lines = vec![];
        let sqlite = matches!(self, Self::Sqlite(_));
        let shown = |column: &String| match sqlite {
            false => format!("coalesce(cast(\"{column}\" as text), 'NULL')"),
            // Bytes are no text there.
            true => format!(
                "coalesce(case typeof(\"{column}\") when 'blob' then hex(\"{column}\") else cast(\"{column}\" as text) end, 'NULL')"
            ),
        };
        for table in self.tables() {
            let columns: Vec<_> = self.columns(&table).iter().map(shown).collect();
            let row = columns.join(" || ' | ' || ");
            lines.extend(
                self.words(&format!("select '{table}: ' || {row} as words from \"{table}\" order by 1")),
            );
        }
        lines
    }
}
