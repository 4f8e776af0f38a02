//! Every part in every state.
