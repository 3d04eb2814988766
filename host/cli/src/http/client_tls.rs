//! TLS for what is posted: which servers are trusted, and the certificate that they ask for.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use crate::failure::Failure;
use crate::file::read_bounded;

/// The most bytes of a file with certificates or a key.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// Whom to trust, and how to be trusted, at https://.
#[derive(Args, Clone, Debug)]
pub(crate) struct ClientTls {
    /// Trust receivers with a certificate that one of those in FILE has signed [default: those that
    /// browsers trust]
    #[arg(long, value_name = "FILE", requires = "send")]
    send_tls_ca: Option<PathBuf>,
    /// The certificate that a receiver asks for, in PEM
    #[arg(long, value_name = "FILE", requires = "send_tls_key")]
    send_tls_cert: Option<PathBuf>,
    /// The private key of --send-tls-cert in PEM
    #[arg(long, value_name = "FILE", requires = "send_tls_cert")]
    send_tls_key: Option<PathBuf>,
}

impl ClientTls {
    /// Whether any option is set.
    pub(crate) fn is_set(&self) -> bool {
        self.send_tls_ca.is_some() || self.send_tls_cert.is_some()
    }

    /// Loads the files.
    ///
    /// # Errors
    /// [`Failure::Usage`], if one cannot be used.
    pub(crate) fn load(&self) -> Result<TlsConfig, Failure> {
        self.read().map_err(|error| Failure::Usage {
            message: format!("cannot use the certificate: {error}"),
            advice: "name files in PEM with `--send-tls-ca`, `--send-tls-cert` and `--send-tls-key`",
        })
    }

    fn read(&self) -> io::Result<TlsConfig> {
        let mut builder = TlsConfig::builder();
        if let Some(path) = &self.send_tls_ca {
            builder = builder.root_certs(RootCerts::new_with_certs(&certificates(path)?));
        }
        if let (Some(path), Some(key_path)) = (&self.send_tls_cert, &self.send_tls_key) {
            let key = PrivateKey::from_pem(&read_bounded(key_path, MAX_FILE_BYTES)?);
            let key = key.map_err(|error| in_file(key_path, &error.to_string()))?;
            builder =
                builder.client_cert(Some(ClientCert::new_with_certs(&certificates(path)?, key)));
        }
        Ok(builder.build())
    }
}

/// The certificates in a file, at least one.
fn certificates(path: &Path) -> io::Result<Vec<Certificate<'static>>> {
    let bytes = read_bounded(path, MAX_FILE_BYTES)?;
    let items = parse_pem(&bytes).collect::<Result<Vec<_>, _>>();
    let items = items.map_err(|error| in_file(path, &error.to_string()))?;
    let certificates = items.into_iter().filter_map(|item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    match certificates.collect::<Vec<_>>() {
        found if found.is_empty() => Err(in_file(path, "there is no certificate in it")),
        found => Ok(found),
    }
}

fn in_file(path: &Path, error: &str) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}
