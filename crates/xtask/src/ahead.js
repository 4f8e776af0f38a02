
{
  // The language that src/i18n.rs begins with, by the same rule.
  const files = FILES;
  let language;
  try {
    language = localStorage.getItem("language");
  } catch {}
  if (!files[language]) {
    const known = { zh: "zh-TW", en: "en" };
    language = navigator.languages.map((tag) => known[tag.split("-")[0]]).find(Boolean) ?? "en";
  }
  const link = document.createElement("link");
  link.rel = "preload";
  link.as = "fetch";
  link.crossOrigin = "anonymous";
  link.href = files[language];
  document.head.append(link);
}
