//! Words to whoever runs the bench.

/// Tells a line to whoever runs the bench. Whoever closed the pipe has read enough.
macro_rules! say {
    ($($words:tt)*) => {{
        let _ = std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($words)*)));
    }};
}
