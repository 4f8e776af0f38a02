//! Chunks: parts of the program that the browser downloads when they are first needed.
//!
//! `cargo xtask` builds the page with the feature `split`, which cuts everything that only a chunk uses
//! out of the first download. Without the feature a chunk is an ordinary part of the program and always
//! loaded, so that tests and `trunk serve` need none of this.

use crate::{
    i18n::{t_string, use_i18n},
    store::use_store,
};
use futures::future::LocalBoxFuture;
use leptos::{prelude::*, task::spawn_local};

/// A download that is under way or finished.
pub type Loading = LocalBoxFuture<'static, Result<(), NotLoaded>>;

/// A chunk could not be downloaded: the server does not answer, or serves another version now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLoaded;

#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for NotLoaded {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// Makes a view part of a chunk.
///
/// `chunk!(file: name(argument: Type) { view })` declares a module `name` with `load()`, which downloads
/// the chunk, and `view(argument)`, which is empty until the chunk is loaded. Views of the same `file`
/// are downloaded together. Code that several files use is copied into each, so there are few files.
macro_rules! chunk {
    ($(#[$doc:meta])* $file:ident: $name:ident($($argument:ident: $kind:ty),*) $view:block) => {
        $(#[$doc])*
        pub mod $name {
            use super::*;
            use futures::FutureExt;
            use $crate::pages::chunk::{Loading, NotLoaded};

            #[cfg(feature = "split")]
            #[::leptos::wasm_split::wasm_split(
                $file,
                wasm_split_path = ::leptos::wasm_split,
                fallible,
                preload(download)
            )]
            fn $name($($argument: $kind),*) -> Result<AnyView, NotLoaded> {
                Ok($view)
            }

            #[cfg(not(feature = "split"))]
            async fn $name($($argument: $kind),*) -> Result<AnyView, NotLoaded> {
                Ok($view)
            }

            /// Downloads the chunk, once for all calls.
            pub fn load() -> Loading {
                #[cfg(feature = "split")]
                return download().map(|done| done.map_err(NotLoaded::from)).boxed_local();
                #[cfg(not(feature = "split"))]
                std::future::ready(Ok(())).boxed_local()
            }

            /// The view; empty before [`load`] has finished.
            pub fn view($($argument: $kind),*) -> AnyView {
                // With the chunk in memory there is nothing to wait for.
                match $name($($argument),*).now_or_never() {
                    Some(Ok(view)) => view,
                    _ => ().into_any(),
                }
            }
        }
    };
}

pub(in crate::pages) use chunk;

/// Shows a view of a chunk from the first time that `wanted` is true.
///
/// If the download fails, a message says so, and `give_up` is called, which should reset `wanted`.
pub fn when_wanted(
    wanted: Signal<bool>,
    load: fn() -> Loading,
    view: impl Fn() -> AnyView + Send + 'static,
    give_up: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let loaded = RwSignal::new(false);
    Effect::new(move |_| {
        if wanted.get() && !loaded.get_untracked() {
            spawn_local(async move {
                match load().await {
                    // The page may be gone by now.
                    Ok(()) => drop(loaded.try_set(true)),
                    Err(NotLoaded) => {
                        store.toasts.error(untrack(|| t_string!(i18n, common.not_downloaded_hint)));
                        give_up();
                    }
                }
            });
        }
    });
    move || loaded.get().then(&view)
}
