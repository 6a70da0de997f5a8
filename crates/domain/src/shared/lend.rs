//! Rows of a list, passed to a callback one by one: no list of them is collected, and their texts are borrowed.

/// A type with texts, of which a list borrows each row from the store. Such a type has a parameter `S`: `String` where it owns
/// its texts, `&str` in a list. A borrowed row is valid until the callback returns.
pub trait Lend {
    type Lent<'a>;
}

/// The callback. Ports name its lifetime, because mockall cannot mock a trait that elides it.
pub type Each<'f, T> = dyn FnMut(<T as Lend>::Lent<'_>) + 'f;
