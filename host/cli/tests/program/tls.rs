//! `sekisho filter` with `https://`: certificates of the server and of its clients.
#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use ureq::Agent;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::server::{Server, signal};
use crate::support::{Folder, other, pipe, signin};

/// An authority that signs certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a name or address, and its key, in PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap().pem(), key.serialize_pem())
    }
}

/// A client that trusts an authority, and has a certificate or none.
fn agent(authority: &Authority, own: Option<&(String, String)>) -> Agent {
    let root = Certificate::from_pem(authority.pem().as_bytes()).unwrap();
    let own = own.map(|(certificate, key)| {
        let certificate = Certificate::from_pem(certificate.as_bytes()).unwrap();
        ClientCert::new_with_certs(&[certificate], PrivateKey::from_pem(key.as_bytes()).unwrap())
    });
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root])).client_cert(own);
    let timeout = Some(Duration::from_secs(20));
    Agent::config_builder().tls_config(tls.build()).timeout_global(timeout).build().into()
}

/// Posts a record, and returns what comes back.
fn post(agent: &Agent, url: &str) -> Result<String, ureq::Error> {
    agent.post(url).send(&other(1))?.body_mut().read_to_string()
}

#[test]
fn https_has_a_certificate_that_is_reloaded() {
    let folder = Folder::new();
    let (first, second) = (Authority::new(), Authority::new());
    let (certificate, key) = first.sign("127.0.0.1");
    let certificate = folder.write("certificate.pem", certificate);
    let key = folder.write("key.pem", key);
    let tls = ["--tls-cert", &certificate, "--tls-key", &key];
    let server = Server::start(&[&["--listen", "https://127.0.0.1:0"], &tls[..]].concat());
    assert!(server.address.starts_with("https://127.0.0.1:"), "{}", server.address);
    assert_eq!(post(&agent(&first, None), &server.address).unwrap().trim_end(), other(1));
    assert!(post(&agent(&second, None), &server.address).is_err(), "it is not trusted");
    // Clients that do not speak TLS are no harm.
    let host = server.address.strip_prefix("https://").unwrap();
    let hostile: Vec<TcpStream> = (0..24)
        .map(|number| {
            let mut client = TcpStream::connect(host).unwrap();
            let begin: &[u8] = if number % 2 == 0 { b"" } else { b"POST / HTTP/1.1\r\n\r\n" };
            client.write_all(begin).unwrap();
            client
        })
        .collect();
    assert!(post(&agent(&first, None), &server.address).is_ok());
    drop(hostile);

    let (new_certificate, new_key) = second.sign("127.0.0.1");
    fs::write(&certificate, new_certificate).unwrap();
    fs::write(&key, new_key).unwrap();
    signal(&server.child, "-HUP");
    let start = Instant::now();
    while post(&agent(&second, None), &server.address).is_err() {
        assert!(start.elapsed() < Duration::from_secs(20), "it is not loaded again");
        std::thread::sleep(Duration::from_millis(50));
    }
    fs::write(&key, "no key").unwrap();
    signal(&server.child, "-HUP");
    std::thread::sleep(Duration::from_millis(300));
    assert!(post(&agent(&second, None), &server.address).is_ok(), "a bad file changes nothing");
    let (exit, messages) = server.end();
    assert_eq!(exit, Some(0));
    assert!(messages.contains("the rules stay as they were: cannot use the cert"), "{messages}");
}

#[test]
fn clients_can_need_a_certificate() {
    let folder = Folder::new();
    let (authority, stranger) = (Authority::new(), Authority::new());
    let (certificate, key) = authority.sign("127.0.0.1");
    let certificate = folder.write("certificate.pem", certificate);
    let key = folder.write("key.pem", key);
    let ca = folder.write("ca.pem", authority.pem());
    let tls = ["--listen", "https://0.0.0.0:0", "--tls-cert", &certificate, "--tls-key", &key];
    let run = pipe(&[&["filter"], &tls[..]].concat(), b"");
    assert_eq!(run.exit, Some(2));
    assert!(run.stderr.contains("certificates: --tls-client-ca"), "{}", run.stderr);

    let server = Server::start(&[&tls[..], &["--tls-client-ca", &ca]].concat());
    let url = server.address.replace("0.0.0.0", "127.0.0.1");
    let own = authority.sign("client");
    assert!(post(&agent(&authority, Some(&own)), &url).is_ok());
    for wrong in [None, Some(stranger.sign("client"))] {
        assert!(post(&agent(&authority, wrong.as_ref()), &url).is_err());
    }
    // Another process of sekisho has one.
    let (own, own_key) = (folder.write("own.pem", own.0), folder.write("own-key.pem", own.1));
    let send = ["--send-tls-ca", &ca, "--send-tls-cert", &own, "--send-tls-key", &own_key];
    let arguments = [&["filter", "--send", &url][..], &send].concat();
    let run = pipe(&arguments, signin("anaya", "Failure").as_bytes());
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    let (exit, messages) = server.end();
    assert_eq!(exit, Some(0), "{messages}");
}

#[test]
fn unusable_certificates_are_refused() {
    let folder = Folder::new();
    let (certificate, key) = Authority::new().sign("localhost");
    let (_, other_key) = Authority::new().sign("localhost");
    let certificate = folder.write("certificate.pem", certificate);
    let key = folder.write("key.pem", key);
    let other_key = folder.write("other.pem", other_key);
    let empty = folder.write("empty.pem", "");
    let https = ["--listen", "https://127.0.0.1:0"];
    for arguments in [
        &https[..],
        &[&https[..], &["--tls-cert", &certificate]].concat(),
        &[&https[..], &["--tls-cert", &certificate, "--tls-key", &other_key]].concat(),
        &[&https[..], &["--tls-cert", &empty, "--tls-key", &key]].concat(),
        &[&https[..], &["--tls-cert", &certificate, "--tls-key", &certificate]].concat(),
        &["--listen", "http://127.0.0.1:0", "--tls-cert", &certificate, "--tls-key", &key],
        &["--listen", "tcp:127.0.0.1:0", "--tls-cert", &certificate, "--tls-key", &key],
        &["--send", "http://127.0.0.1:9", "--send-tls-ca", &empty],
    ] {
        let run = pipe(&[&["filter"], arguments].concat(), b"");
        assert_eq!(run.exit, Some(2), "{arguments:?} {}", run.stderr);
    }
}
