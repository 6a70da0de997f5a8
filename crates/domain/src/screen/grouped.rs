//! Values by a number, in one piece of memory.

pub(super) struct Grouped<T> {
    /// Of each group, and behind the last one.
    starts: Vec<usize>,
    values: Vec<T>,
}

impl<T> Grouped<T> {
    /// Each value with its group, which is less than `groups`. Values keep their order within a group.
    pub(super) fn new(groups: usize, mut pairs: Vec<(u32, T)>) -> Self {
        pairs.sort_by_key(|pair| pair.0);
        let mut starts = vec![0; groups + 1];
        pairs.iter().for_each(|(group, _)| starts[*group as usize + 1] += 1);
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        Self { starts, values: pairs.into_iter().map(|pair| pair.1).collect() }
    }
    pub(super) fn get(&self, group: u32) -> &[T] {
        let group = group as usize;
        &self.values[self.starts[group]..self.starts[group + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_group_in_their_order() {
        let grouped = Grouped::new(4, vec![(2, 'c'), (0, 'b'), (2, 'a')]);
        assert_eq!(
            [0, 1, 2, 3].map(|group| grouped.get(group).to_vec()),
            [vec!['b'], vec![], vec!['c', 'a'], vec![]]
        );
    }
}
