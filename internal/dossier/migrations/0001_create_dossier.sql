-- +goose Up
CREATE TABLE dossier_dossier (
	id TEXT PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	secret TEXT NOT NULL,
	version_id TEXT NOT NULL,
	procedure_code TEXT NOT NULL,
	procedure_name TEXT NOT NULL,
	field TEXT NOT NULL,
	case_key TEXT NOT NULL,
	channel TEXT NOT NULL,
	return_by TEXT NOT NULL,
	return_address TEXT NOT NULL,
	receiver_id TEXT NOT NULL REFERENCES org_unit (id),
	handler_id TEXT NOT NULL REFERENCES org_unit (id),
	status BIGINT NOT NULL,
	resumes BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	owner_name TEXT NOT NULL,
	owner_personal_id TEXT NOT NULL,
	owner_phone TEXT NOT NULL,
	owner TEXT NOT NULL,
	submitter TEXT NOT NULL,
	authorised BOOLEAN NOT NULL,
	sets BIGINT NOT NULL,
	form TEXT NOT NULL,
	search_text TEXT NOT NULL,
	filed_at TIMESTAMP NOT NULL,
	accepted_at TIMESTAMP,
	due_at TIMESTAMP,
	paused_at TIMESTAMP,
	finished_at TIMESTAMP,
	returned_at TIMESTAMP,
	returned_to TEXT NOT NULL,
	extended BOOLEAN NOT NULL,
	supplements BIGINT NOT NULL,
	request_key TEXT UNIQUE,
	version BIGINT NOT NULL
);
CREATE INDEX dossier_dossier_account ON dossier_dossier (account_id, filed_at);
CREATE INDEX dossier_dossier_owner ON dossier_dossier (owner_personal_id, filed_at) WHERE owner_personal_id <> '';
CREATE INDEX dossier_dossier_filed ON dossier_dossier (filed_at);
CREATE INDEX dossier_dossier_receiver ON dossier_dossier (receiver_id, filed_at);

CREATE TABLE dossier_paper (
	id TEXT PRIMARY KEY,
	dossier_id TEXT NOT NULL REFERENCES dossier_dossier (id),
	position BIGINT NOT NULL,
	key TEXT NOT NULL,
	name TEXT NOT NULL,
	originals BIGINT NOT NULL,
	copies BIGINT NOT NULL,
	provided BOOLEAN NOT NULL,
	required BOOLEAN NOT NULL,
	verdict TEXT NOT NULL,
	verdict_note TEXT NOT NULL
);
CREATE INDEX dossier_paper_dossier ON dossier_paper (dossier_id, position);

CREATE TABLE dossier_attachment (
	id TEXT PRIMARY KEY,
	dossier_id TEXT NOT NULL REFERENCES dossier_dossier (id),
	paper_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	file_id TEXT NOT NULL,
	name TEXT NOT NULL,
	size BIGINT NOT NULL,
	media_type TEXT NOT NULL,
	added_by TEXT NOT NULL,
	added_at TIMESTAMP NOT NULL
);
CREATE INDEX dossier_attachment_dossier ON dossier_attachment (dossier_id);

CREATE TABLE dossier_fee (
	id TEXT PRIMARY KEY,
	dossier_id TEXT NOT NULL REFERENCES dossier_dossier (id),
	key TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	amount BIGINT NOT NULL,
	quantity BIGINT NOT NULL,
	paid_at TIMESTAMP,
	paid_to TEXT NOT NULL
);
CREATE INDEX dossier_fee_dossier ON dossier_fee (dossier_id);

CREATE TABLE dossier_part (
	id TEXT PRIMARY KEY,
	dossier_id TEXT NOT NULL REFERENCES dossier_dossier (id),
	unit_id TEXT NOT NULL REFERENCES org_unit (id),
	unit_name TEXT NOT NULL,
	number TEXT NOT NULL UNIQUE,
	position BIGINT NOT NULL,
	arrived_at TIMESTAMP NOT NULL,
	due_at TIMESTAMP,
	done_at TIMESTAMP
);
CREATE INDEX dossier_part_dossier ON dossier_part (dossier_id, position);
CREATE INDEX dossier_part_unit ON dossier_part (unit_id, arrived_at);

CREATE TABLE dossier_step (
	id TEXT PRIMARY KEY,
	dossier_id TEXT NOT NULL REFERENCES dossier_dossier (id),
	part_id TEXT NOT NULL,
	key TEXT NOT NULL,
	name TEXT NOT NULL,
	public_name TEXT NOT NULL,
	kind TEXT NOT NULL,
	agency_id TEXT NOT NULL REFERENCES org_unit (id),
	unit_id TEXT NOT NULL REFERENCES org_unit (id),
	unit_path TEXT NOT NULL,
	unit_name TEXT NOT NULL,
	state TEXT NOT NULL,
	assignee_id TEXT NOT NULL,
	assignee_name TEXT NOT NULL,
	from_id TEXT NOT NULL,
	position BIGINT NOT NULL,
	started_at TIMESTAMP NOT NULL,
	due_at TIMESTAMP,
	claimed_at TIMESTAMP,
	done_at TIMESTAMP,
	done_by TEXT NOT NULL,
	outcome TEXT NOT NULL,
	note TEXT NOT NULL
);
CREATE INDEX dossier_step_dossier ON dossier_step (dossier_id, position);
CREATE INDEX dossier_step_open ON dossier_step (unit_path, due_at) WHERE state IN ('ready', 'claimed');
CREATE INDEX dossier_step_assignee ON dossier_step (assignee_id, due_at) WHERE state = 'claimed';

CREATE TABLE dossier_event (
	id TEXT PRIMARY KEY,
	dossier_id TEXT NOT NULL REFERENCES dossier_dossier (id),
	seq BIGINT NOT NULL,
	at TIMESTAMP NOT NULL,
	act TEXT NOT NULL,
	from_status BIGINT NOT NULL,
	to_status BIGINT NOT NULL,
	actor_id TEXT NOT NULL,
	actor_name TEXT NOT NULL,
	actor_title TEXT NOT NULL,
	unit_id TEXT NOT NULL,
	unit_name TEXT NOT NULL,
	step_name TEXT NOT NULL,
	public BOOLEAN NOT NULL,
	note TEXT NOT NULL,
	detail TEXT NOT NULL,
	UNIQUE (dossier_id, seq)
);

CREATE TABLE dossier_supplement (
	id TEXT PRIMARY KEY,
	dossier_id TEXT NOT NULL REFERENCES dossier_dossier (id),
	step_id TEXT NOT NULL,
	number BIGINT NOT NULL,
	items TEXT NOT NULL,
	reason TEXT NOT NULL,
	asked_at TIMESTAMP NOT NULL,
	asked_by TEXT NOT NULL,
	asked_unit TEXT NOT NULL,
	deadline_at TIMESTAMP NOT NULL,
	answered_at TIMESTAMP,
	answer TEXT NOT NULL,
	expired_at TIMESTAMP
);
CREATE INDEX dossier_supplement_dossier ON dossier_supplement (dossier_id, number);
CREATE INDEX dossier_supplement_deadline ON dossier_supplement (deadline_at) WHERE answered_at IS NULL AND expired_at IS NULL;

CREATE TABLE dossier_counter (
	code TEXT NOT NULL,
	day TEXT NOT NULL,
	last BIGINT NOT NULL,
	PRIMARY KEY (code, day)
);

CREATE TABLE dossier_draft (
	id TEXT PRIMARY KEY,
	resume_code TEXT NOT NULL UNIQUE,
	account_id TEXT NOT NULL,
	version_id TEXT NOT NULL,
	procedure_code TEXT NOT NULL,
	procedure_name TEXT NOT NULL,
	filing TEXT NOT NULL,
	step TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL,
	updated_at TIMESTAMP NOT NULL,
	version BIGINT NOT NULL
);
CREATE INDEX dossier_draft_account ON dossier_draft (account_id, updated_at);
