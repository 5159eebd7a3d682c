"""What a look at a feed tells; apart, since the web needs nothing else of a crawl."""

NOTHING = {
    "title": "",
    "language": "",
    "found": 0,
    "left_out": 0,
    "items": [],
    "links": [],
    "problems": [],
    "error": "",
    "moved_to": "",
}
