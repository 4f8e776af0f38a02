// The thread that opens certificates. It is served with a policy under which it may not reach the
// network, so the page hands it its program: [script, WebAssembly].
onmessage = ({ data: [script, program] }) => {
  const early = [];
  onmessage = (message) => early.push(message);
  importScripts(script);
  wasm_bindgen({ module_or_path: program }).then(
    () => early.forEach((message) => onmessage(message)),
    // An error of the thread, which the page hears of; a rejected promise is none.
    (error) => setTimeout(() => { throw error; }),
  );
};
