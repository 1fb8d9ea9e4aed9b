"""The imports' routes."""

from avoir.faces.rest.accept import CSV, XLSX
from avoir.faces.rest.endpoint import Way
from avoir.faces.rest.imports import run

IMPORT_WAYS = (
    Way("POST", "/import/file", run.upload, most=run.LARGEST),
    Way("GET", "/import/sample", run.sample, query=run.SAMPLE, offers=(CSV, XLSX)),
    Way("POST", "/import/{id}/mapping", run.mapping, run.MAPPING),
    Way("GET", "/import/{id}/preview", run.preview),
    Way("POST", "/import/{id}/import", run.process, status=201),
    Way("GET", "/import/{id}", run.show),
)
