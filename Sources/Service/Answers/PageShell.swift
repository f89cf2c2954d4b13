// What every page has around it: a link past the header for keyboards, the navigation of its
// tenant, a warning where it lacks events, and one stylesheet, which is inside the page so that a
// saved page keeps its look.

import HTML

enum PageShell {
  static func wrap(_ page: Page, in frame: PageFrame) -> String {
    let html: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(page.title) · Redress</title>
      <link rel="icon" href="data:,">
      <style>
      \(PageStyle.css)
      </style>
      </head>
      <body>
      <a class="skip" href="#content">To the content</a>
      <header><a href="/">Redress</a>
      \(frame.links)</header>
      <main id="content" tabindex="-1">
      \(frame.warning)\(page.body)
      </main>
      </body>
      </html>

      """
    return html.markup
  }
}
