//! TLS for a server: its certificate, and those of the clients that it trusts.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::file::read_bounded;

/// The most bytes of a file with certificates or a key.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// The files of a server, in PEM.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    /// The certificate, and those that lead from it to one that clients trust.
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    /// The certificates that those of clients lead to; none if clients need none.
    pub(crate) client_ca: Option<PathBuf>,
}

/// The TLS of a server, which may be replaced while it runs. Clones share it.
#[derive(Clone)]
pub(crate) struct Tls {
    files: TlsFiles,
    acceptor: Arc<Mutex<TlsAcceptor>>,
}

impl Tls {
    /// Loads the files.
    ///
    /// # Errors
    /// The error of the operating system, or that a file is not what it should be.
    pub(crate) fn load(files: TlsFiles) -> io::Result<Self> {
        let acceptor = Arc::new(Mutex::new(acceptor(&files)?));
        Ok(Self { files, acceptor })
    }

    /// Loads the files again, for the connections from now on.
    ///
    /// # Errors
    /// Those of [`load`](Self::load): the earlier content stays in use.
    pub(crate) fn reload(&self) -> io::Result<()> {
        let acceptor = acceptor(&self.files)?;
        *self.acceptor.lock().unwrap_or_else(PoisonError::into_inner) = acceptor;
        Ok(())
    }

    /// Whether clients need a certificate.
    pub(crate) fn checks_clients(&self) -> bool {
        self.files.client_ca.is_some()
    }

    /// Accepts connections.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn acceptor(files: &TlsFiles) -> io::Result<TlsAcceptor> {
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(|error| in_file(path, error))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            let verifier = verifier.build().map_err(|error| in_file(path, error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let bytes = read(&files.key)?;
    let key = PrivateKeyDer::from_pem_slice(&bytes).map_err(|error| in_file(&files.key, error))?;
    let mut config = builder
        .with_single_cert(certificates(&files.certificate)?, key)
        .map_err(|error| in_file(&files.certificate, error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The certificates in a file, at least one.
fn certificates(path: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let certificates = CertificateDer::pem_slice_iter(&read(path)?).collect::<Result<Vec<_>, _>>();
    match certificates.map_err(|error| in_file(path, error))? {
        found if found.is_empty() => Err(in_file(path, "there is no certificate in it")),
        found => Ok(found),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_bounded(path, MAX_FILE_BYTES).map_err(|error| in_file(path, error))
}

fn in_file(path: &Path, error: impl std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}
