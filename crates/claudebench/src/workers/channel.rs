//! What the supervisor and a worker say to each other, over a socket that is the worker's standard input:
//! first the sockets to serve, then a word a line. Its end is the end of the other.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use serde::{Deserialize, Serialize};

/// The most sockets of a worker.
const MOST: usize = 128;

/// What a worker is told with its sockets.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Parcel {
    /// Its number: 1, 2, 3.
    pub(super) worker: usize,
    /// The address of each socket.
    pub(super) addresses: Vec<String>,
    /// After how many failures to open the database it tells so whoever asks; else others answer.
    pub(super) told_after: Option<usize>,
}

/// What a worker says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Word {
    /// It serves.
    Ready,
    /// It lives, and has answered so many requests.
    Alive(u64),
    /// Somebody told it to end: it wants to be replaced.
    Replace,
}

impl Word {
    pub(super) fn line(self) -> String {
        match self {
            Self::Ready => "ready\n".into(),
            Self::Alive(requests) => format!("alive {requests}\n"),
            Self::Replace => "replace\n".into(),
        }
    }

    pub(super) fn read(line: &str) -> Option<Self> {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("ready", "") => Some(Self::Ready),
            ("replace", "") => Some(Self::Replace),
            ("alive", requests) => requests.parse().ok().map(Self::Alive),
            _ => None,
        }
    }
}

/// What a worker is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Order {
    /// Go on.
    Serve,
    /// Go; others stay.
    Leave,
    /// Stop: nobody stays.
    Stop,
}

impl Order {
    pub(super) const fn line(self) -> &'static str {
        match self {
            Self::Serve => "serve\n",
            Self::Leave => "leave\n",
            Self::Stop => "stop\n",
        }
    }

    pub(super) fn read(line: &str) -> Option<Self> {
        [Self::Serve, Self::Leave, Self::Stop].into_iter().find(|one| one.line().trim() == line)
    }
}

/// Sends a worker its sockets; both ends have them then.
pub(super) fn send(to: &UnixStream, parcel: &Parcel, sockets: &[OwnedFd]) -> io::Result<()> {
    let mut line = serde_json::to_vec(parcel)?;
    line.push(b'\n');
    let sockets: Vec<BorrowedFd<'_>> = sockets.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(&sockets)) {
        return Err(io::Error::other(format!("a worker can serve {MOST} addresses at most")));
    }
    let sent = sendmsg(to, &[IoSlice::new(&line)], &mut control, SendFlags::empty())?;
    let mut to = to;
    to.write_all(line.get(sent..).unwrap_or_default())
}

/// The other end of the channel of this process.
pub(super) fn inherited() -> io::Result<UnixStream> {
    Ok(UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Takes what was sent first; what comes after it stays for who reads on.
pub(super) fn receive(mut from: &UnixStream) -> io::Result<(Parcel, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    // The sockets come with the first byte.
    let mut byte = [0];
    let got = recvmsg(from, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::empty())?;
    let messages = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(sockets) => Some(sockets),
        _ => None,
    });
    let sockets: Vec<OwnedFd> = messages.flatten().collect();
    let mut line = Vec::new();
    while got.bytes > 0 && byte != *b"\n" {
        line.extend(byte);
        from.read_exact(&mut byte)?;
    }
    let parcel: Parcel = serde_json::from_slice(&line)?;
    if parcel.addresses.len() != sockets.len() || sockets.is_empty() {
        return Err(io::Error::other("it was given no sockets"));
    }
    Ok((parcel, sockets))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn sockets_come_with_their_addresses_and_words_after_them() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let places = listeners.each_ref().map(|one| one.local_addr().unwrap());
        let addresses = places.iter().map(ToString::to_string).collect();
        let parcel = Parcel { worker: 2, addresses, told_after: None };
        send(&ours, &parcel, &listeners.map(OwnedFd::from)).unwrap();
        (&ours).write_all(Order::Leave.line().as_bytes()).unwrap();
        let (told, sockets) = receive(&theirs).unwrap();
        assert_eq!(told, parcel);
        for (socket, place) in sockets.into_iter().zip(places) {
            let _connected = TcpStream::connect(place).unwrap();
            TcpListener::from(socket).accept().unwrap();
        }
        drop(ours);
        let mut rest = String::new();
        (&theirs).read_to_string(&mut rest).unwrap();
        assert_eq!(Order::read(rest.trim()), Some(Order::Leave));
        assert!(receive(&theirs).is_err(), "nothing is no parcel");
    }

    #[test]
    fn words_are_read_as_they_are_said() {
        for word in [Word::Ready, Word::Alive(17), Word::Replace] {
            assert_eq!(Word::read(word.line().trim()), Some(word));
        }
        assert_eq!(Word::read("alive x"), None);
        assert!(Order::Serve < Order::Leave && Order::Leave < Order::Stop);
    }
}
