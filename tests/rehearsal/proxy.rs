//! Stands in front of the twin and does to a request or its answer what a network may do.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// What happens to a request.
pub enum Deed {
    /// It arrives, and so does its answer.
    Pass,
    /// It is lost on its way.
    LoseRequest,
    /// It arrives; its answer is lost.
    LoseAnswer,
    /// It does not arrive; this is answered.
    Answer(u16, Value),
    /// It arrives, and its answer is changed.
    Change(fn(&mut Value)),
}

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub body: String,
    authorization: String,
}

type Decide = dyn Fn(usize, &Request) -> Deed + Send + Sync;

/// A running proxy; ends when it is dropped.
pub struct Proxy {
    pub url: Url,
    seen: Arc<Mutex<Vec<Request>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// A proxy before `target`; `decide` sees each request with its number among those that are
    /// not GET, from 1 (0 for a GET).
    pub async fn before(
        target: Url,
        decide: impl Fn(usize, &Request) -> Deed + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (seen, decide) = (Arc::<Mutex<Vec<Request>>>::default(), Arc::new(decide));
        let kept = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, decide) = (Arc::clone(&kept), Arc::clone(&decide));
                let target = target.clone();
                tokio::spawn(async move {
                    // Who goes away has been told what it was to be told.
                    let _ = serve(stream, &target, &kept, decide.as_ref()).await;
                });
            }
        });
        Self { url, seen, task }
    }

    /// The requests that were not GET, in order.
    pub fn sent(&self) -> Vec<Request> {
        let all = self.all();
        all.into_iter().filter(|request| request.method != "GET").collect()
    }

    /// Every request, in order.
    pub fn all(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    target: &Url,
    seen: &Mutex<Vec<Request>>,
    decide: &Decide,
) -> std::io::Result<()> {
    let Some(request) = read(&mut stream).await? else { return Ok(()) };
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        let sent = seen.iter().filter(|request| request.method != "GET").count();
        if request.method == "GET" { 0 } else { sent }
    };
    let (status, body) = match decide(number, &request) {
        Deed::LoseRequest => return Ok(()),
        Deed::Answer(status, body) => (status, body.to_string()),
        Deed::LoseAnswer => {
            forward(target, &request).await;
            return Ok(());
        }
        Deed::Pass => forward(target, &request).await,
        Deed::Change(change) => {
            let (status, body) = forward(target, &request).await;
            let mut body = serde_json::from_str(&body).unwrap();
            change(&mut body);
            (status, body.to_string())
        }
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, it)| it.trim().to_owned())
    };
    let length = header("content-length").map_or(0, |it| it.parse().unwrap());
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    let mut first = head.lines().next().unwrap_or_default().split(' ');
    let mut word = || first.next().unwrap_or_default().to_owned();
    Ok(Some(Request {
        method: word(),
        path: word(),
        body: String::from_utf8_lossy(&bytes[end..end + length]).into_owned(),
        authorization: header("authorization").unwrap_or_default(),
    }))
}

async fn forward(target: &Url, request: &Request) -> (u16, String) {
    let method = reqwest::Method::from_bytes(request.method.as_bytes()).unwrap();
    let client = golive::https::builder(tls(), std::time::Duration::from_secs(10)).build().unwrap();
    let answer = client
        .request(method, target.join(&request.path).unwrap())
        .header("authorization", &request.authorization)
        .header("content-type", "application/json")
        .body(request.body.clone())
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn tls() -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

/// Posts something as somebody else does who has the keys.
pub async fn post(url: Url, public: &str, secret: &str, body: Value) {
    let client = golive::https::builder(tls(), std::time::Duration::from_secs(10)).build().unwrap();
    let basic =
        base64::Engine::encode(&base64::prelude::BASE64_STANDARD, format!("{public}:{secret}"));
    let answer = client
        .post(url)
        .header("authorization", format!("Basic {basic}"))
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
}
