/// What a list shows, kept: `rows!(repository, list(arguments))`.
#[macro_export]
macro_rules! rows {
    ($port:expr, $list:ident($($argument:expr),* $(,)?)) => {{
        let mut rows = vec![];
        let shown = $port.$list($($argument,)* &mut |row| rows.push(row.map_texts(str::to_owned)));
        shown.map(|()| rows)
    }};
}
