//! Words to the person who runs the bench.

/// Prints a line. A closed pipe (`| head`) is no error.
macro_rules! say {
    ($($words:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($words)*)));
    }};
}
