# Every habit has a recipe. `just` alone lists them.

[private]
default:
    @just --list

# Serve on 127.0.0.1:8000 with an SQLite file in ./data.
serve:
    cargo run --release

# Serve a throw-away database: believable people, 90 days of diary, tokens to try.
demo:
    cargo run --release -- demo

# Create the schema, or bring it up to date.
migrate:
    cargo run --release -- migrate

# Load the reference data (44 body parts).
seed:
    cargo run --release -- seed

# Put an account into the group Doctor.
make-doctor username:
    cargo run --release -- make-doctor '{{ username }}'

# Give an account the rights of staff.
make-admin username:
    cargo run --release -- make-admin '{{ username }}'

# Take an account out of the group Doctor.
remove-doctor username:
    cargo run --release -- remove-doctor '{{ username }}'

# Take the rights of staff away.
remove-admin username:
    cargo run --release -- remove-admin '{{ username }}'

# Make an account: `just create-user house --email house@example.com --doctor`.
create-user *arguments:
    cargo run --release -- create-user {{ arguments }}

# Give an account another password, printed once; signs it out everywhere.
set-password username:
    cargo run --release -- set-password '{{ username }}'

# Shut an account out.
deactivate username:
    cargo run --release -- deactivate '{{ username }}'

# Let a deactivated account in again.
reactivate username:
    cargo run --release -- reactivate '{{ username }}'

# Who saw or changed a patient's data.
audit username:
    cargo run --release -- audit '{{ username }}'

# Look at settings, database, secret and ports, and say what is wrong.
check:
    cargo run --release -- check

# What a commit must pass before its tests: formatting, lints, documentation.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# The tests that need no server.
test:
    cargo test --workspace

# All tests, on SQLite, PostgreSQL and Redis (started for it, and stopped again).
test-all:
    scripts/with-servers cargo test --workspace

# The crash test of alarms, long: 500 presses, and a mail server that is away for a minute.
soak:
    ALARM_CRASH_PRESSES=500 ALARM_CRASH_MAIL_AWAY=60 scripts/with-servers cargo test --package app --test alarm_crash -- --nocapture

# All that CI does.
ci:
    .ci/run

# How far the server is from this machine's limits: docs/BENCH.md. `just bench --database postgres --rounds 3`.
bench *arguments:
    cargo build --release -p app -p bench
    target/release/bench run {{ arguments }}

# What one answer costs when everybody else has 1, 10 and 100 times the data.
bench-growth *arguments:
    cargo build --release -p app -p bench
    target/release/bench growth {{ arguments }}
