//! The shared library as a C program uses it: opened at run time and called through its C functions.

use crate::common::endpoint::ClientEntry;
use crate::common::native;
use rustix::event::{PollFd, PollFlags, poll};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::ptr;

type New = unsafe extern "C" fn(*const c_void, *const *const c_char, *mut *mut c_void) -> *mut c_void;
type Read = unsafe extern "C" fn(*const c_void) -> *const c_char;

type Start =
    unsafe extern "C" fn(*const c_void, *const *const c_char, *mut c_void, usize, *mut *mut c_void) -> *mut c_void;
type Make = unsafe extern "C" fn(*mut *mut c_void) -> *mut c_void;

pub struct Library {
    client_new: unsafe extern "C" fn(*const *const c_char, *mut *mut c_void) -> *mut c_void,
    assertion_new: New,
    assertion_jwt: Read,
    token_exchange: New,
    token_access_token: Read,
    error_message: Read,
    free: unsafe extern "C" fn(*mut c_void),
    /// The library of before has none.
    started: Option<Started>,
    /// Keeps the functions in memory.
    _loaded: libloading::Library,
}

/// The functions of started calls.
struct Started {
    exchange_start: Start,
    call_wait: unsafe extern "C" fn(*const c_void, i64) -> i32,
    call_fd: unsafe extern "C" fn(*const c_void) -> c_int,
    call_token: unsafe extern "C" fn(*mut c_void, *mut *mut c_void) -> *mut c_void,
    queue_new: Make,
    queue_fd: unsafe extern "C" fn(*const c_void) -> c_int,
    queue_next: unsafe extern "C" fn(*mut c_void) -> usize,
}

/// The shared library as `make lib` builds and stages it.
pub fn path() -> PathBuf {
    native::stage().join("lib/libtalkdesk_auth.so")
}

impl Library {
    pub fn load(path: &Path) -> Library {
        // SAFETY: the library runs no code of its own when it is loaded, and its functions have these types by its header.
        unsafe {
            let loaded = libloading::Library::new(path).expect("the library loads");
            macro_rules! function {
                ($name:literal) => {
                    *loaded.get($name).expect($name)
                };
            }
            Library {
                client_new: function!("td_client_new"),
                assertion_new: function!("td_assertion_new"),
                assertion_jwt: function!("td_assertion_jwt"),
                token_exchange: function!("td_token_exchange"),
                token_access_token: function!("td_token_access_token"),
                error_message: function!("td_error_message"),
                free: function!("td_free"),
                started: loaded.get::<Start>("td_token_exchange_start").ok().map(|start| Started {
                    exchange_start: *start,
                    call_wait: function!("td_call_wait"),
                    call_fd: function!("td_call_fd"),
                    call_token: function!("td_call_token"),
                    queue_new: function!("td_queue_new"),
                    queue_fd: function!("td_queue_fd"),
                    queue_next: function!("td_queue_next"),
                }),
                _loaded: loaded,
            }
        }
    }

    /// A client of the endpoint, with further options.
    pub fn client(&self, entry: &ClientEntry, further: &[(&str, &str)]) -> Client<'_> {
        let key = entry.private_key_file.to_str().expect("the path is text");
        let own = [
            ("client_id", entry.client_id.as_str()),
            ("key_id", &entry.key_id),
            ("algorithm", &entry.algorithm),
            ("private_key_file", key),
        ];
        let options = Options::new(&[&own[..], further].concat());
        let mut handle = ptr::null_mut();
        // SAFETY: a NULL-terminated array of C strings, and a pointer to write.
        self.check(unsafe { (self.client_new)(options.as_ptr(), &mut handle) });
        Client { library: self, handle }
    }

    fn started(&self) -> &Started {
        self.started.as_ref().expect("the library starts calls")
    }

    /// A queue, with one descriptor.
    pub fn queue(&self) -> Queue<'_> {
        let started = self.started();
        let mut handle = ptr::null_mut();
        // SAFETY: a pointer to write. The queue lives, and its new descriptor belongs to the caller.
        unsafe {
            self.check((started.queue_new)(&mut handle));
            let descriptor = OwnedFd::from_raw_fd((started.queue_fd)(handle));
            Queue { library: self, handle, descriptor }
        }
    }

    fn check(&self, error: *mut c_void) {
        if !error.is_null() {
            // SAFETY: an error of the library's, whose message is a C string.
            panic!("{:?}", unsafe { CStr::from_ptr((self.error_message)(error)) });
        }
    }

    /// Makes an object, reads one string of it, and frees it, as a C program does.
    fn make<T>(
        &self,
        new: New,
        read: Read,
        client: *mut c_void,
        options: *const *const c_char,
        look: impl Fn(&CStr) -> T,
    ) -> T {
        let mut object = ptr::null_mut();
        // SAFETY: the client lives, the options are NULL or an array that `Options` made, and the object is read before it is freed.
        unsafe {
            self.check(new(client, options, &mut object));
            let looked = look(CStr::from_ptr(read(object)));
            (self.free)(object);
            looked
        }
    }
}

pub struct Client<'a> {
    library: &'a Library,
    handle: *mut c_void,
}

impl Client<'_> {
    /// `td_assertion_new`, `td_assertion_jwt`, `td_free`.
    pub fn sign(&self) {
        let library = self.library;
        // Only the first byte: to find the length is the caller's work.
        let first = |jwt: &CStr| jwt.as_ptr();
        std::hint::black_box(library.make(
            library.assertion_new,
            library.assertion_jwt,
            self.handle,
            ptr::null(),
            first,
        ));
    }

    pub fn jwt(&self) -> String {
        let library = self.library;
        let text = |jwt: &CStr| jwt.to_str().expect("base64url is text").to_owned();
        library.make(library.assertion_new, library.assertion_jwt, self.handle, ptr::null(), text)
    }

    /// `td_token_exchange`, `td_token_access_token`, `td_free`.
    pub fn exchange(&self, parameters: &Options) {
        let library = self.library;
        library.make(library.token_exchange, library.token_access_token, self.handle, parameters.as_ptr(), |token| {
            assert!(!token.is_empty());
        });
    }

    /// `td_token_exchange_start`, `td_call_wait`, and what `take` does.
    pub fn start_and_wait(&self, parameters: &Options) {
        let call = self.start(parameters, ptr::null_mut(), 0);
        // SAFETY: the call lives.
        unsafe { (self.library.started().call_wait)(call, -1) };
        self.take(call);
    }

    /// `td_token_exchange_start`, `td_call_fd`, `poll`, and what `take` does.
    pub fn start_and_poll_call(&self, parameters: &Options) {
        let call = self.start(parameters, ptr::null_mut(), 0);
        // SAFETY: the call lives, and its new descriptor belongs to the caller.
        let descriptor = unsafe { OwnedFd::from_raw_fd((self.library.started().call_fd)(call)) };
        wait_for(&descriptor);
        self.take(call);
    }

    /// Starts `count` calls, waits with `poll` until the queue has told the end of each, and takes its token.
    pub fn start_and_poll(&self, queue: &Queue, parameters: &Options, count: usize) {
        let calls: Vec<*mut c_void> = (1..=count).map(|tag| self.start(parameters, queue.handle, tag)).collect();
        let mut ended = 0;
        while ended < count {
            wait_for(&queue.descriptor);
            // SAFETY: the queue lives.
            while let tag @ 1.. = unsafe { (self.library.started().queue_next)(queue.handle) } {
                self.take(calls[tag - 1]);
                ended += 1;
            }
        }
    }

    fn start(&self, parameters: &Options, queue: *mut c_void, tag: usize) -> *mut c_void {
        let library = self.library;
        let mut call = ptr::null_mut();
        // SAFETY: client and queue live, and `Options` made the array.
        unsafe {
            library.check((library.started().exchange_start)(self.handle, parameters.as_ptr(), queue, tag, &mut call));
        }
        call
    }

    /// `td_call_token`, `td_token_access_token`, `td_free` for the token and the call.
    fn take(&self, call: *mut c_void) {
        let library = self.library;
        let mut token = ptr::null_mut();
        // SAFETY: the call lives, and nothing uses it or its token afterwards.
        unsafe {
            library.check((library.started().call_token)(call, &mut token));
            assert!(!CStr::from_ptr((library.token_access_token)(token)).is_empty());
            (library.free)(token);
            (library.free)(call);
        }
    }
}

fn wait_for(descriptor: &OwnedFd) {
    poll(&mut [PollFd::new(descriptor, PollFlags::IN)], None).expect("the descriptor can be polled");
}

pub struct Queue<'a> {
    library: &'a Library,
    handle: *mut c_void,
    descriptor: OwnedFd,
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        // SAFETY: the library made it, and nothing uses it any more.
        unsafe { (self.library.free)(self.handle) }
    }
}

/// SAFETY: any number of threads may use a client at once.
unsafe impl Sync for Client<'_> {}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        // SAFETY: the library made it, and nothing uses it any more.
        unsafe { (self.library.free)(self.handle) }
    }
}

/// Names and values in the form that the C functions expect.
pub struct Options {
    _texts: Vec<CString>,
    pointers: Vec<*const c_char>,
}

/// SAFETY: nothing changes the texts, and they move with the array that points to them.
unsafe impl Sync for Options {}

impl Options {
    pub fn new(pairs: &[(&str, &str)]) -> Options {
        let texts: Vec<CString> = pairs
            .iter()
            .flat_map(|(name, value)| [name, value])
            .map(|text| CString::new(*text).expect("no NUL inside"))
            .collect();
        let pointers = texts.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect();
        Options { _texts: texts, pointers }
    }

    fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }
}
