//! Somebody who signs certificates, for tests of TLS.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// Signs certificates. Its files go with the value.
pub struct Authority {
    folder: TempDir,
}

/// A certificate and its key, both in PEM.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub(super) chain: String,
    pub(super) key: String,
}

impl Certificate {
    /// The certificate, in PEM.
    #[must_use]
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// Its key, in PEM.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

const NEW_KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";

impl Default for Authority {
    /// Makes one, with a key of its own.
    ///
    /// # Panics
    /// When the program `openssl` is missing or says no.
    fn default() -> Self {
        let folder = tempfile::Builder::new().prefix("ca").tempdir().expect("a temporary folder");
        let new = Self { folder };
        new.openssl(&format!(
            "req -x509 {NEW_KEY} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority"
        ));
        new
    }
}

impl Authority {
    /// The file with its own certificate.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A certificate for a host, or for the user of that name.
    ///
    /// # Panics
    /// When the program `openssl` says no.
    #[must_use]
    pub fn sign(&self, host: &str) -> Certificate {
        let path = self.folder.path();
        let more = format!("subjectAltName=DNS:{host}\nbasicConstraints=CA:FALSE\n");
        std::fs::write(path.join("more"), more).expect("a file for openssl");
        self.openssl(&format!("req {NEW_KEY} -keyout own.key -out own.csr -subj /CN={host}"));
        self.openssl(
            "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile more \
             -out own.pem",
        );
        let read = |name| std::fs::read_to_string(path.join(name)).expect("what openssl wrote");
        Certificate { chain: read("own.pem"), key: read("own.key") }
    }

    fn openssl(&self, args: &str) {
        let ran = Command::new("openssl")
            .args(args.split_whitespace())
            .current_dir(self.folder.path())
            .output()
            .expect("this test needs the program `openssl`, which comes with PostgreSQL");
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "openssl {args}:\n{said}");
    }
}
