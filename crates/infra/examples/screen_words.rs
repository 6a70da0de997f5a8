//! Reads texts, one a line, and writes for each what the rules say of it as a message, and its words as weights see them:
//! `level<TAB>kind<TAB>words`. `seeds/crisis/train.py` reads that.
use domain::screen::words_of;
use infra::screen::load_screen;
use std::{
    error::Error,
    io::{self, BufRead, Write},
};

fn main() -> Result<(), Box<dyn Error>> {
    let screen = load_screen()?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let found = screen.by_rules(&line);
        writeln!(out, "{:?}\t{}\t{}", found.level, found.kind.unwrap_or("-"), words_of(&line))?;
    }
    Ok(())
}
