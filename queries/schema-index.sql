-- SPDX-License-Identifier: GPL-2.0-or-later
-- Indexes, made once the tables are full.
CREATE INDEX function_name ON function (name);
CREATE INDEX call_function ON call (function);
CREATE INDEX call_callee ON call (callee);
CREATE INDEX pointer_flow_source ON pointer_flow (source_kind, source);
CREATE INDEX pointer_flow_target ON pointer_flow (target_kind, target);
CREATE INDEX condition_function ON condition (function);
CREATE INDEX call_target_function ON call_target (function);
