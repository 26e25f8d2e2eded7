"""Posts that are set aside for a fault: what a pass finds when it reads their file, and nobody has in the store."""

import os
from dataclasses import replace

from feeds.app.build import App
from feeds.app.looking.look import post_paths
from feeds.fetch.files import fetch_folder
from feeds.jobs.documents import read
from feeds.model.source import Problem, SourceState
from feeds.parse import parse


def post_faults(app: App, what: str) -> tuple[Problem, ...]:
    """Return why the post in the file *what* is set aside, as the next pass would; nothing where it is well.

    The file is read now, as it is; *what* is seen from here, from the root, or from the folder of its source.
    """
    found: list[Problem] = []
    for source, paths in post_paths(app.settings, what):
        if not any(os.path.isfile(os.path.join(source.location, path)) for path in paths):
            continue
        folder = fetch_folder(source, SourceState(source_id=source.id, due=app.clock()))
        documents = tuple(d for d in folder.documents if d.path in paths)
        unread = tuple(p for p in folder.problems if p.where in paths)
        found += read(source, replace(folder, documents=documents, problems=unread), parse)[0].problems
    return tuple(found)
