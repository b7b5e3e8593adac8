package dev.tidegate.smuggling;

/** Targets: paths that some read one way and some another, and forms that are not paths. */
final class Spellings {
  private static final String[] PLAIN = {
    "/open", "/open/x", "/secret/x", "/secret", "/", "/other/x"
  };
  private static final String[] SLASHES = {
    "/",
    "/",
    "/",
    "/",
    "/",
    "/",
    "/",
    "/",
    "//",
    "//",
    "/./",
    "/../",
    "%2f",
    "%2F",
    "\\",
    "%5c",
    "/./",
    "/../",
    "/%2e/",
    "/%2e%2e/",
    "/.%2e/",
    "/..;/",
    "/..%2f",
    "..%2f",
    "/;x/",
    ";x=1/",
    "/%252e%252e/",
    "%252f",
    "/..%5c",
    "/..\\",
    "/%00/",
    "/%0d%0a",
    "/\t",
    "/ ",
    "/%20",
    "/%c0%af",
    "/%ef%bc%8f",
    "/...//",
    "?",
    "#",
    "/%3f",
    "/%23",
    "/%3b/",
    "/*",
    "/~/"
  };
  private static final String[] WORDS = {
    "open",
    "secret",
    "secret",
    "x",
    "SECRET",
    "%73ecret",
    "secre%74",
    "",
    "..",
    ".",
    "open;a=b",
    "secret;a",
    "s\u00e9cret",
    "%zz",
    "%",
    "%2",
    "%u0073ecret",
    "open%00",
    "secret%20",
    "sec\u0000ret",
    "a:b",
    "@",
    "b@c",
    "[",
    "{x}",
    "\"",
    "<",
    "|",
    "^",
    "`"
  };

  private final Choices choices;

  Spellings(Choices choices) {
    this.choices = choices;
  }

  /** One with this query, more or less. */
  String target(String query) {
    String path = path();
    return switch (choices.below(24)) {
      case 0 -> "http://h.example" + path + "?" + query;
      case 1 ->
          choices.of(
                  "HTTP://H.example:80",
                  "https://other",
                  "http://u:p@h",
                  "ftp://h",
                  "http:/",
                  "http://",
                  "//h")
              + path
              + "?"
              + query;
      case 2 ->
          choices.of(
              "*", "h.example:80", "", "?" + query, "open?" + query, "http:open", "h.example/open");
      case 3 ->
          path
              + "?"
              + query
              + choices.of(
                  "&x=\u00e9",
                  "&x=%zz",
                  "&x=a b",
                  "?y",
                  "#z",
                  "&/../secret",
                  "&x=\"<>",
                  "&x=\u0001");
      default -> path + "?" + query;
    };
  }

  /** One that all read alike. */
  String plain(String query) {
    return choices.of(PLAIN) + "?" + query;
  }

  private String path() {
    StringBuilder path = new StringBuilder(choices.of("/open", "/open", "/secret", "/", ""));
    for (int i = choices.below(3); i >= 0; i--) {
      path.append(choices.of(SLASHES)).append(choices.of(WORDS));
    }
    return path.toString();
  }
}
