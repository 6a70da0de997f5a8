//! The body map: 44 parts that never change while the server runs.
use crate::shared::{FieldError, id};

id!(/// A part of the body map, 1 to 44.
    BodyPartId);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyPart {
    pub id: BodyPartId,
    /// The name of the shape on the client's drawing.
    pub name: String,
    /// Clients find parts by this exact text.
    pub translation: String,
}

/// Reference data, loaded once at start: no request asks the store for it.
#[derive(Debug, Clone, Default)]
pub struct BodyMap(Vec<BodyPart>);

impl BodyMap {
    pub fn new(mut parts: Vec<BodyPart>) -> Self {
        parts.sort_by_key(|part| part.id);
        Self(parts)
    }
    /// By id.
    pub fn parts(&self) -> &[BodyPart] {
        &self.0
    }
    /// # Errors
    /// [`FieldError::UnknownReference`].
    pub fn find(&self, raw: i64) -> Result<BodyPartId, FieldError> {
        match self.0.binary_search_by_key(&raw, |part| part.id.get()) {
            Ok(_) => Ok(BodyPartId::new(raw)),
            Err(_) => Err(FieldError::UnknownReference(raw.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_is_not_on_the_map_is_an_unknown_reference() {
        let part = |id| BodyPart { id: BodyPartId::new(id), name: String::new(), translation: String::new() };
        let map = BodyMap::new(vec![part(2), part(1)]);
        assert_eq!(map.find(2), Ok(BodyPartId::new(2)));
        for raw in [0, 3, -1, i64::MAX] {
            assert_eq!(map.find(raw), Err(FieldError::UnknownReference(raw.to_string())));
        }
    }
}
