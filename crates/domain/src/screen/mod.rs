//! The crisis screen: rules, not a model, look for danger in what a person writes and for harm in what an assistant answers.
//!
//! The rules are data; `seeds/crisis/rules/README.md` describes them.
mod assess;
mod bits;
mod book;
mod buckets;
mod chart;
mod compile;
mod error;
mod features;
mod grammar;
mod grouped;
mod hash;
mod language;
mod level;
mod lookalikes;
mod matched;
mod misspellings;
mod normal;
mod pattern;
mod possible;
mod rules;
mod segments;
mod sequences;
mod text;
mod weights;
mod words;

#[cfg(test)]
mod tests;

pub use assess::Screen;
pub use book::{ExemptionText, RuleBook, RuleText, UnlessText};
pub use error::RuleError;
pub use language::language_of;
pub use level::{Assessment, Level, Scope};
pub use rules::Rules;
pub use text::words_of;
pub use weights::{Learned, PackedFeatures, Sums, Weights};
