//! Objects as C holds them: opaque, and with a tag that tells `td_free` what they are.

use std::ffi::c_void;

/// The memory behind every handle.
#[repr(C)]
struct Object<T> {
    /// An allocator writes its own notes over the first 16 bytes of what was freed; the tag stands beyond them.
    reserved: [u64; 2],
    tag: u64,
    value: T,
}

/// The part of an [`Object`] that is the same for all.
#[repr(C)]
struct Header {
    reserved: [u64; 2],
    tag: u64,
}

/// The tag of what was freed.
pub(super) const FREED: u64 = u64::from_ne_bytes(*b"td_freed");

/// An opaque C type, and the value behind it.
pub(super) trait Handle: Sized {
    const TAG: u64;
    const NAME: &'static str;
    type Value;
}

/// Hands `value` to C, which owns it until `td_free`.
pub(super) fn into_raw<H: Handle>(value: H::Value) -> *mut H {
    Box::into_raw(Box::new(Object { reserved: [0; 2], tag: H::TAG, value })).cast()
}

/// The value behind a handle; `None` for NULL.
///
/// # Safety
/// `handle` is NULL or a live object of the library, at least for `'a`.
pub(super) unsafe fn borrow<'a, H: Handle>(handle: *const H) -> Option<&'a H::Value> {
    if handle.is_null() {
        return None;
    }
    let object = handle.cast::<Object<H::Value>>();
    // SAFETY: an object of the library has its tag here; one of another type, or one that was freed, is a mistake that is worth a
    // message where the memory still tells.
    if unsafe { (*object).tag } != H::TAG {
        abort(&format!("a pointer given as {} is none, or was freed", H::NAME));
    }
    // SAFETY: the tag says that `value` is there.
    Some(unsafe { &(*object).value })
}

/// The tag of an object, which tells its type: a [`Handle::TAG`], [`FREED`], or anything where it is none of the library's.
///
/// # Safety
/// `object` may be read as far as a [`Header`] reaches.
pub(super) unsafe fn tag(object: *const c_void) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { (*object.cast::<Header>()).tag }
}

/// # Safety
/// `object` is a live `Object<H::Value>`.
pub(super) unsafe fn free<H: Handle>(object: *mut c_void) {
    let object = object.cast::<Object<H::Value>>();
    // SAFETY: the object is alive and nobody else's. Volatile, or the write to memory that is about to be freed is left out.
    unsafe { (&raw mut (*object).tag).write_volatile(FREED) };
    // SAFETY: it came out of a box of this type.
    drop(unsafe { Box::from_raw(object) });
}

/// Ends the process with a line that names the mistake.
pub(super) fn abort(mistake: &str) -> ! {
    let line = format!("talkdesk_auth: {mistake}\n");
    // Past std's lock on stderr, which another thread may have held at a fork.
    // SAFETY: the line is that long.
    unsafe { libc::write(libc::STDERR_FILENO, line.as_ptr().cast(), line.len()) };
    std::process::abort()
}
