//! Rows of a list, shown one by one: whoever writes a list out keeps none of them, and their texts need no copies.

/// A type that can borrow its texts.
pub trait Lend {
    type Lent<'a>;
}

/// Is shown each row of a list.
pub type Each<'f, T> = dyn FnMut(<T as Lend>::Lent<'_>) + 'f;
