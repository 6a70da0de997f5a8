//! The store of conversations with a model, the model, and what is said in its place.
mod conversations;
mod erasures;
mod lines;
mod model;
mod pseudonyms;
mod rows;
mod sheet;
mod usage;
mod words;

pub use conversations::DieselConversationRepository;
pub use lines::load_lines;
pub use model::{ApiKey, ChatCompletions, ModelPatience, ModelSettings, ModelUrl, register_metrics};
pub use pseudonyms::KeyedPseudonyms;
pub use words::SafetyWords;
