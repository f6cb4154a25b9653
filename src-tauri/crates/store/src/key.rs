use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use rand::CryptoRng;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Length of a key, in bytes.
const LENGTH: usize = 32;
/// Length of a salt, in bytes.
const SALT: usize = 16;

/// The most a recipe may ask for, in KiB of memory, passes and lanes: one that was tampered with must not take the machine.
const MOST: [u32; 3] = [1 << 20, 64, 64];

type Bytes = Zeroizing<[u8; LENGTH]>;

/// The 256-bit key that opens one account's databases. Wiped from memory when dropped; never printed.
pub struct Key {
    bytes: Bytes,
    origin: KeyOrigin,
}

/// Where a key comes from when its store is opened again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum KeyOrigin {
    /// From whoever keeps it: the system's keyring, or nobody after this session.
    Elsewhere,
    /// From a passphrase, by this recipe.
    Passphrase(Recipe),
}

/// How a passphrase opens a key: argon2id, version 0x13, with these parameters. Not secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// 16 random bytes, in hexadecimal.
    salt: String,
    /// Memory, in KiB.
    memory_kib: u32,
    /// Passes over the memory.
    passes: u32,
    /// Lanes.
    lanes: u32,
    /// The key xor what argon2id makes of the passphrase, in hexadecimal: no salt is used twice, so that is a pad of its own
    /// each time. Stores from before a passphrase could be changed have none: what argon2id makes is their key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locked: Option<String>,
}

/// Text that is no key, or a recipe that makes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This key cannot be read.")]
pub struct InvalidKey;

impl Recipe {
    /// A new recipe with a random salt. It takes 64 MiB and three passes (RFC 9106, second recommendation).
    fn new(rng: &mut impl CryptoRng) -> Self {
        let mut salt = [0; SALT];
        rng.fill_bytes(&mut salt);
        Self { salt: hex(&salt).to_string(), memory_kib: 64 << 10, passes: 3, lanes: 4, locked: None }
    }

    /// What argon2id makes of a passphrase.
    fn follow(&self, passphrase: &SecretString) -> Result<Bytes, InvalidKey> {
        let salt = unhex::<SALT>(&self.salt).ok_or(InvalidKey)?;
        let [memory, passes, lanes] = MOST;
        if self.memory_kib > memory || self.passes > passes || self.lanes > lanes {
            return Err(InvalidKey);
        }
        let parameters = Params::new(self.memory_kib, self.passes, self.lanes, Some(LENGTH));
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters.map_err(|_| InvalidKey)?);
        let mut bytes = Zeroizing::new([0; LENGTH]);
        argon
            .hash_password_into(passphrase.expose_secret().as_bytes(), salt.as_slice(), bytes.as_mut_slice())
            .map_err(|_| InvalidKey)?;
        Ok(bytes)
    }
}

impl Key {
    /// A new key.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self { bytes, origin: KeyOrigin::Elsewhere }
    }

    /// The key [`Key::to_hex`] wrote.
    ///
    /// # Errors
    /// [`InvalidKey`] for anything but 64 hexadecimal digits.
    pub fn from_hex(text: &SecretString) -> Result<Self, InvalidKey> {
        let bytes = unhex::<LENGTH>(text.expose_secret()).ok_or(InvalidKey)?;
        Ok(Self { bytes, origin: KeyOrigin::Elsewhere })
    }

    /// The key as 64 hexadecimal digits, for a keyring.
    pub fn to_hex(&self) -> SecretString {
        hex(self.bytes.as_slice()).as_str().into()
    }

    /// The key a passphrase opens; with a wrong passphrase, one that opens nothing. Takes a tenth of a second or so, on purpose.
    ///
    /// # Errors
    /// [`InvalidKey`] for a recipe that was tampered with.
    pub fn from_passphrase(passphrase: &SecretString, recipe: &Recipe) -> Result<Self, InvalidKey> {
        let mut bytes = recipe.follow(passphrase)?;
        if let Some(locked) = &recipe.locked {
            bytes = xor(&bytes, &*unhex(locked).ok_or(InvalidKey)?);
        }
        Ok(Self { bytes, origin: KeyOrigin::Passphrase(recipe.clone()) })
    }

    /// The same key, opened by this passphrase from now on. Takes as long.
    ///
    /// # Errors
    /// [`InvalidKey`] when there is not enough memory.
    pub fn locked_with(&self, passphrase: &SecretString, rng: &mut impl CryptoRng) -> Result<Self, InvalidKey> {
        let recipe = Recipe::new(rng);
        let locked = hex(xor(&self.bytes, &*recipe.follow(passphrase)?).as_slice()).to_string();
        Ok(Self { bytes: self.bytes.clone(), origin: KeyOrigin::Passphrase(Recipe { locked: Some(locked), ..recipe }) })
    }

    /// Where it comes from.
    pub fn origin(&self) -> &KeyOrigin {
        &self.origin
    }

    /// A value that tells this key from others and nothing else about it.
    pub(crate) fn check(&self) -> String {
        hex(&self.digest(b"earmark store: which key")).to_string()
    }

    /// What opens the database of a name: the key and the salt the database begins with, as SQLCipher writes them.
    ///
    /// The salt comes from the key rather than from the file, so that a file whose first page is damaged still opens.
    pub(crate) fn pragma(&self, database: &str) -> Zeroizing<String> {
        let salt = self.digest(format!("earmark store: salt of {database}").as_bytes());
        let (key, salt) = (hex(self.bytes.as_slice()), hex(&salt[..SALT]));
        Zeroizing::new(format!("PRAGMA key = \"x'{}{}'\";", key.as_str(), salt.as_str()))
    }

    /// No key: databases are not encrypted.
    #[cfg(feature = "plain")]
    pub fn plain() -> Self {
        Self { bytes: Zeroizing::new([0; LENGTH]), origin: KeyOrigin::Elsewhere }
    }

    #[cfg(feature = "plain")]
    pub(crate) fn is_plain(&self) -> bool {
        *self.bytes == [0; LENGTH]
    }

    pub(crate) fn duplicate(&self) -> Self {
        Self { bytes: self.bytes.clone(), origin: self.origin.clone() }
    }

    fn digest(&self, purpose: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update(purpose).chain_update([0]).chain_update(self.bytes.as_slice()).finalize().into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key([redacted])")
    }
}

fn xor(one: &[u8; LENGTH], other: &[u8; LENGTH]) -> Bytes {
    let mut bytes = Zeroizing::new(*one);
    bytes.iter_mut().zip(other).for_each(|(byte, other)| *byte ^= other);
    bytes
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
        }
    }
    text
}

fn unhex<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let digits = text.as_bytes();
    let mut bytes = Zeroizing::new([0; N]);
    if digits.len() != N * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn survives_being_written_down() {
        let key = Key::random(&mut StdRng::seed_from_u64(1));
        let again = Key::from_hex(&key.to_hex()).unwrap();
        assert_eq!(again.bytes, key.bytes);
        assert_eq!(key.to_hex().expose_secret().len(), 64);
    }

    #[test]
    fn nothing_else_is_a_key() {
        for bad in ["", "12", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
            assert_eq!(Key::from_hex(&bad.into()).unwrap_err(), InvalidKey, "{bad}");
        }
    }

    #[test]
    fn is_never_printed() {
        let key = Key::random(&mut StdRng::seed_from_u64(2));
        let printed = format!("{key:?} {:?} {}", key.origin(), key.check());
        assert!(!printed.contains(key.to_hex().expose_secret()), "the key would reach a log");
        assert!(printed.starts_with("Key([redacted])"));
    }

    /// A recipe that is quickly followed.
    fn quick(rng: &mut StdRng) -> Recipe {
        Recipe { memory_kib: 64, passes: 1, lanes: 1, ..Recipe::new(rng) }
    }

    #[test]
    fn a_passphrase_and_its_recipe_make_one_key() {
        let mut rng = StdRng::seed_from_u64(3);
        let (recipe, other) = (quick(&mut rng), quick(&mut rng));
        let key = |phrase: &str, recipe: &Recipe| Key::from_passphrase(&phrase.into(), recipe).unwrap();
        let written: Recipe = serde_json::from_str(&serde_json::to_string(&recipe).unwrap()).unwrap();
        assert_eq!(key("open, please", &recipe).check(), key("open, please", &written).check());
        assert_ne!(key("open, please", &recipe).check(), key("open please", &recipe).check());
        assert_ne!(key("open, please", &recipe).check(), key("open, please", &other).check());
        assert_eq!(key("open, please", &recipe).origin(), &KeyOrigin::Passphrase(recipe));
    }

    #[test]
    fn a_key_that_is_locked_with_another_passphrase_stays_the_same() {
        let mut rng = StdRng::seed_from_u64(5);
        let recipe = quick(&mut rng);
        let made = Key::from_passphrase(&"the first".into(), &recipe).unwrap();
        for key in [Key::random(&mut rng), made] {
            let locked = key.locked_with(&"the second".into(), &mut rng).unwrap();
            let KeyOrigin::Passphrase(recipe) = locked.origin() else { panic!("it has no recipe") };
            let open = |phrase: &str| Key::from_passphrase(&phrase.into(), recipe).unwrap().check();
            assert_eq!([locked.check(), open("the second")], [key.check(), key.check()]);
            assert_ne!(open("the first"), key.check());
            let written = serde_json::to_string(recipe).unwrap();
            assert!(!written.contains(key.to_hex().expose_secret()), "the key lies in plain text");
            let again = key.locked_with(&"the second".into(), &mut rng).unwrap();
            assert_ne!(again.origin(), locked.origin(), "a salt is used once");
        }
    }

    #[test]
    fn a_spoiled_recipe_is_refused() {
        let recipe = Recipe { salt: "short".into(), ..Recipe::new(&mut StdRng::seed_from_u64(4)) };
        assert!(Key::from_passphrase(&"phrase".into(), &recipe).is_err());
        for memory_kib in [0, u32::MAX] {
            let recipe = Recipe { memory_kib, ..Recipe::new(&mut StdRng::seed_from_u64(4)) };
            assert!(Key::from_passphrase(&"phrase".into(), &recipe).is_err());
        }
        let recipe = Recipe { locked: Some("short".into()), ..quick(&mut StdRng::seed_from_u64(4)) };
        assert!(Key::from_passphrase(&"phrase".into(), &recipe).is_err());
    }
}
