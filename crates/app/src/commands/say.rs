//! Words to the operator.

/// Tells the operator a line. Whoever closed the pipe has read enough.
macro_rules! say {
    ($($words:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($words)*)));
    }};
}
