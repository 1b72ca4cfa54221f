//! How keys are made and checked.

use std::sync::Arc;

use claudebench_core::{Code, Error, Millis, Principal, Scope};
use claudebench_store::KeyRow;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const ID_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;

/// A new key: its public id, the whole text, and the hash of its secret.
pub(super) fn new() -> Result<(String, String, [u8; 32]), Error> {
    let mut random = [0_u8; ID_BYTES + SECRET_BYTES];
    getrandom::fill(&mut random)
        .map_err(|e| Error::new(Code::Internal, format!("no random numbers: {e}")))?;
    let (id, secret) = random.split_at(ID_BYTES);
    let (id, secret) = (hex(id), hex(secret));
    let text = format!("cb_{id}_{secret}");
    let hash = Sha256::digest(&secret).into();
    Ok((id, text, hash))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A key that a caller presents, not yet checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Presented {
    /// Its public id.
    pub id: String,
    hash: [u8; 32],
}

impl Presented {
    /// Reads `cb_<id>_<secret>`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (id, secret) = text.strip_prefix("cb_")?.split_once('_')?;
        let fits = |part: &str, bytes: usize| {
            part.len() == 2 * bytes && part.bytes().all(|b| b.is_ascii_hexdigit())
        };
        (fits(id, ID_BYTES) && fits(secret, SECRET_BYTES))
            .then(|| Self { id: id.to_owned(), hash: Sha256::digest(secret).into() })
    }

    /// Whom the key stands for, if it is this one and still good. Takes the same time whatever is
    /// wrong with the secret.
    #[must_use]
    pub fn opens(&self, key: &KeyRow, now: Millis) -> Option<Principal> {
        let same: bool = self.hash.ct_eq(&key.hash).into();
        if same && self.id == key.id { principal_of(key, now) } else { None }
    }
}

/// Whom a key stands for, if it is still good.
#[must_use]
pub fn principal_of(key: &KeyRow, now: Millis) -> Option<Principal> {
    key.expires_at.is_none_or(|end| end > now).then(|| Principal {
        tenant: key.tenant,
        tenant_name: key.tenant_name.as_str().into(),
        name: Arc::from(key.name.as_str()),
        scopes: key.scopes.iter().filter_map(|name| Scope::named(name)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use claudebench_core::TenantId;

    fn row(id: &str, hash: [u8; 32], expires_at: Option<Millis>) -> KeyRow {
        KeyRow {
            id: id.into(),
            tenant: TenantId(2),
            tenant_name: "acme".into(),
            name: "ci".into(),
            hash,
            scopes: vec!["tasks:work".into(), "unheard:of".into()],
            created_at: Millis(0),
            expires_at,
        }
    }

    #[test]
    fn a_key_opens_what_it_was_made_for_until_it_ends() {
        let (id, text, hash) = new().unwrap();
        let presented = Presented::read(&text).unwrap();
        let principal = presented.opens(&row(&id, hash, Some(Millis(10))), Millis(9)).unwrap();
        assert_eq!((principal.tenant, &*principal.name), (TenantId(2), "ci"));
        assert!(principal.scopes.allow(Scope::TasksWork));
        assert!(!principal.scopes.allow(Scope::TasksRead));
        assert!(presented.opens(&row(&id, hash, Some(Millis(10))), Millis(10)).is_none());
        let (_, other, _) = new().unwrap();
        assert!(Presented::read(&other).unwrap().opens(&row(&id, hash, None), Millis(0)).is_none());
    }

    #[test]
    fn what_is_no_key_is_told_apart() {
        for text in ["", "cb_", "cb_a_b", "cb_0011223344556677", "Bearer x", "cb__"] {
            assert_eq!(Presented::read(text), None, "{text}");
        }
    }
}
