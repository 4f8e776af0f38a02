
{
  // The first language, chosen by the same rule as in src/i18n.rs.
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
