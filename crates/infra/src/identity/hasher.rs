//! argon2id, in work areas that are used again.
//!
//! Without that the crate allocates 19 MiB for every call, and glibc keeps about eleven of them per thread: a storm of
//! logins took 8.7 GB. How many run at once is the caller's to bound.
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Ident, Output, ParamsString, PasswordHash as Phc, Salt},
};
use domain::identity::{IdentityError, Password, PasswordCheck, PasswordHash, Result, ports::PasswordHasher};
use rand::Rng;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much work a hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Cost {
    /// OWASP's recommendation: 19 MiB, two passes, one lane. About 25 ms.
    pub const STANDARD: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// For tests that sign many people in. Far too weak for anything else.
    pub const FOR_TESTS: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
}

/// In blocks of 1 KiB. Above 32 MiB glibc maps memory for itself and gives it back when it is freed; a smaller area it keeps
/// from the second time on. What is not written to takes no memory.
const MAPPED_ALONE: usize = 33 * 1024;
/// In bytes.
const SALT: usize = 16;

pub struct Argon2Hasher {
    params: Params,
    spare: Mutex<Spare>,
    /// Verified against when there is no account, so that an unknown name costs what a known one does.
    nobody: PasswordHash,
}

/// Work areas that nobody uses now.
#[derive(Default)]
struct Spare {
    areas: Vec<Vec<Block>>,
    /// One was used since somebody looked.
    used: bool,
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

impl Argon2Hasher {
    /// # Errors
    /// [`IdentityError::Hashing`] when argon2 does not allow the cost.
    pub fn new(cost: Cost) -> Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(failed)?;
        // An output that no password is known for: a hash would take 19 MiB and 25 ms of every start.
        let mut out = [0_u8; Params::DEFAULT_OUTPUT_LEN];
        rand::rng().fill_bytes(&mut out);
        let nobody = written(&params, &[0; SALT], &out).map_err(failed)?;
        Ok(Self { params, spare: Mutex::default(), nobody })
    }

    /// Gives the work areas back, if none was used since the last call.
    pub fn release_unused(&self) {
        let mut spare = self.spare();
        if !std::mem::take(&mut spare.used) {
            spare.areas = Vec::new();
        }
    }

    fn spare(&self) -> MutexGuard<'_, Spare> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn derive(&self, argon: &Argon2<'_>, password: &[u8], salt: &[u8], out: &mut [u8]) -> Result<(), Cause> {
        let blocks = argon.params().block_count();
        let spare = self.spare().areas.pop();
        let mut area = spare.unwrap_or_else(|| Vec::with_capacity(blocks.max(MAPPED_ALONE)));
        area.resize(blocks.max(area.len()), Block::default());
        let derived = match area.get_mut(..blocks) {
            Some(area) => argon.hash_password_into_with_memory(password, salt, out, area),
            None => Err(argon2::Error::MemoryTooLittle),
        };
        let mut spare = self.spare();
        spare.areas.push(area);
        spare.used = true;
        Ok(derived?)
    }

    fn make(&self, password: &[u8]) -> Result<PasswordHash, Cause> {
        let (mut salt, mut out) = ([0_u8; SALT], [0_u8; Params::DEFAULT_OUTPUT_LEN]);
        rand::rng().fill_bytes(&mut salt);
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        self.derive(&argon, password, &salt, &mut out)?;
        written(&self.params, &salt, &out)
    }

    fn judge(&self, password: &[u8], kept: &PasswordHash) -> Result<PasswordCheck, Cause> {
        let phc = Phc::new(kept.as_str())?;
        let (Some(salt), Some(wanted)) = (phc.salt, phc.hash) else {
            return Err("the stored hash has no salt or no output".into());
        };
        let params = Params::try_from(&phc)?;
        let version = phc.version.map_or(Ok(Version::default()), Version::try_from)?;
        let argon = Argon2::new(Algorithm::try_from(phc.algorithm.as_str())?, version, params.clone());
        let mut out = vec![0_u8; wanted.len()];
        self.derive(&argon, password, salt.as_ref(), &mut out)?;
        // `Output` compares in constant time.
        if Output::new(&out)? != wanted {
            return Ok(PasswordCheck::Wrong);
        }
        let cost = |p: &Params| (p.m_cost(), p.t_cost(), p.p_cost());
        Ok(if cost(&params) == cost(&self.params) {
            PasswordCheck::Right
        } else {
            PasswordCheck::RightButOutdated
        })
    }
}

impl PasswordHasher for Argon2Hasher {
    fn hash(&self, password: &Password) -> Result<PasswordHash> {
        self.make(password.expose().as_bytes()).map_err(failed)
    }

    fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<PasswordCheck> {
        self.judge(password.expose().as_bytes(), hash).map_err(failed)
    }

    fn pretend_to_verify(&self, password: &Password) -> Result<()> {
        self.verify(password, &self.nobody).map(drop)
    }
}

fn written(params: &Params, salt: &[u8], out: &[u8]) -> Result<PasswordHash, Cause> {
    let phc = Phc {
        algorithm: Ident::new("argon2id")?,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(out)?),
    };
    Ok(PasswordHash::new(phc.to_string()))
}

fn failed(cause: impl Into<Cause>) -> IdentityError {
    IdentityError::Hashing(cause.into().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(raw: &str) -> Password {
        Password::parse(raw).unwrap()
    }

    #[test]
    fn a_hash_verifies_its_own_password_only_and_no_two_are_alike() {
        let hasher = Argon2Hasher::new(Cost::FOR_TESTS).unwrap();
        let (one, two) = (hasher.hash(&password("x")).unwrap(), hasher.hash(&password("x")).unwrap());
        assert_ne!(one, two);
        assert!(one.as_str().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert_eq!(hasher.verify(&password("x"), &one).unwrap(), PasswordCheck::Right);
        assert_eq!(hasher.verify(&password("y"), &one).unwrap(), PasswordCheck::Wrong);
    }

    #[test]
    fn pretending_uses_the_same_work_area_as_verifying() {
        let hasher = Argon2Hasher::new(Cost { memory_kib: 64, ..Cost::FOR_TESTS }).unwrap();
        hasher.pretend_to_verify(&password("x")).unwrap();
        let spare = hasher.spare();
        assert_eq!(spare.areas.iter().map(Vec::len).collect::<Vec<_>>(), [64]);
    }

    #[test]
    fn work_areas_are_kept_while_they_are_used_and_given_back_after() {
        let hasher = Argon2Hasher::new(Cost::FOR_TESTS).unwrap();
        assert!(hasher.spare().areas.is_empty(), "a start makes no hash");
        hasher.hash(&password("x")).unwrap();
        hasher.release_unused();
        assert_eq!(hasher.spare().areas.len(), 1);
        hasher.release_unused();
        assert!(hasher.spare().areas.is_empty());
    }

    #[test]
    fn a_hash_with_other_parameters_is_right_but_outdated_and_areas_of_both_sizes_are_used_again() {
        let old = Argon2Hasher::new(Cost { memory_kib: 64, ..Cost::FOR_TESTS }).unwrap();
        let kept = old.hash(&password("x")).unwrap();
        let new = Argon2Hasher::new(Cost::FOR_TESTS).unwrap();
        for _ in 0..3 {
            assert_eq!(new.verify(&password("x"), &kept).unwrap(), PasswordCheck::RightButOutdated);
        }
        assert_eq!(new.spare().areas.len(), 1);
    }
}
