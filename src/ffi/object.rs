//! Objects as C holds them. They are opaque, and `td_free` recognises their type by a tag.

use std::ffi::c_void;

/// The memory behind every handle.
#[repr(C)]
struct Object<T> {
    /// After an object is freed, the allocator overwrites its first 16 bytes with data of its own. So the tag comes after them.
    reserved: [u64; 2],
    tag: u64,
    value: T,
}

/// The part that all [`Object`]s share.
#[repr(C)]
struct Header {
    reserved: [u64; 2],
    tag: u64,
}

/// The tag of a freed object.
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
/// `handle` is NULL, or an object of the library that lives at least for `'a`.
pub(super) unsafe fn borrow<'a, H: Handle>(handle: *const H) -> Option<&'a H::Value> {
    if handle.is_null() {
        return None;
    }
    let object = handle.cast::<Object<H::Value>>();
    // SAFETY: an object of the library has its tag here. If the caller passed an object of another type, or a freed one whose
    // memory still shows it, the tag differs, and a message names the mistake.
    if unsafe { (*object).tag } != H::TAG {
        abort(&format!("a pointer that was passed as {} is not one, or was freed", H::NAME));
    }
    // SAFETY: the tag says that `value` is there.
    Some(unsafe { &(*object).value })
}

/// The tag of an object, which identifies its type: a [`Handle::TAG`] or [`FREED`]. If the object is not the library's, the tag may
/// be any value.
///
/// # Safety
/// `object` points to memory that is readable for the size of a [`Header`].
pub(super) unsafe fn tag(object: *const c_void) -> u64 {
    // SAFETY: the caller's promise.
    unsafe { (*object.cast::<Header>()).tag }
}

/// # Safety
/// `object` is a live `Object<H::Value>`.
pub(super) unsafe fn free<H: Handle>(object: *mut c_void) {
    let object = object.cast::<Object<H::Value>>();
    // SAFETY: the object is alive, and nobody else uses it. The write is volatile, because the compiler would otherwise leave out a
    // write to memory that is about to be freed.
    unsafe { (&raw mut (*object).tag).write_volatile(FREED) };
    // SAFETY: the object came from a box of this type.
    drop(unsafe { Box::from_raw(object) });
}

/// Ends the process with a line that names the mistake.
pub(super) fn abort(mistake: &str) -> ! {
    let line = format!("talkdesk_auth: {mistake}\n");
    // This avoids std's lock on stderr, which another thread may have held at a fork.
    // SAFETY: the pointer and the length are those of the line.
    unsafe { libc::write(libc::STDERR_FILENO, line.as_ptr().cast(), line.len()) };
    std::process::abort()
}
