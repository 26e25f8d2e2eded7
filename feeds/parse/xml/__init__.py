"""XML: RSS, RDF and Atom read fast, and looked over for their publishers."""
