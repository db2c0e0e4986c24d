"""The words of an ERP system: business areas, their modules, and what each module deals with.

Functions are assigned to business areas by them. Each object is `name: fields`; the fields are what its
functions show or change.
"""

from __future__ import annotations

# area id -> (title, {module: [objects]})
AREAS: dict[str, tuple[str, dict[str, list[str]]]] = {
    "finance": (
        "Finance",
        {
            "receivables": [
                "customer invoice: invoice number, due date, amount, customer",
                "incoming payment: bank account, value date, amount, payer",
                "dunning notice: dunning level, open amount, customer, contact e-mail",
                "credit limit: limit, exposure, risk class, customer",
                "payment plan: instalment, due date, customer, amount",
            ],
            "payables": [
                "supplier invoice: invoice number, supplier, amount, tax code",
                "payment run: pay date, bank account, currency, total",
                "cash discount: discount days, percentage, supplier",
                "down payment: purchase order, amount, supplier",
                "credit note: reference, amount, reason",
            ],
            "ledger": [
                "journal entry: account, amount, posting date, cost centre",
                "closing task: period, owner, status",
                "exchange rate: currency pair, rate, valid from",
                "intercompany balance: company, partner, difference",
                "tax return: period, tax code, base amount, tax amount",
            ],
            "assets": [
                "fixed asset: asset class, acquisition value, location",
                "depreciation area: method, useful life, start date",
                "asset transfer: sender, receiver, book value",
                "lease contract: lessor, term, instalment",
            ],
            "treasury": [
                "cash forecast: currency, week, expected balance",
                "bank statement: bank account, statement date, balance",
                "hedging position: currency, volume, maturity",
                "bank guarantee: beneficiary, amount, expiry date",
            ],
        },
    ),
    "procurement": (
        "Procurement",
        {
            "sourcing": [
                "request for quotation: material group, deadline, suppliers",
                "supplier quotation: price, delivery time, validity",
                "award decision: supplier, volume, savings",
                "reverse auction: lot, start price, bid step",
            ],
            "purchasing": [
                "purchase requisition: material, quantity, cost centre, requester",
                "purchase order: supplier, material, quantity, price",
                "order confirmation: confirmed date, quantity, deviation",
                "goods receipt: delivery note, quantity, storage bin",
                "return delivery: reason, quantity, supplier",
            ],
            "suppliers": [
                "supplier record: name, address, bank account, contact person",
                "supplier rating: delivery score, quality score, price score",
                "framework contract: term, target value, call-offs",
                "supplier certificate: standard, issuer, expiry date",
            ],
            "spend": [
                "spend report: category, period, volume",
                "price variance: material, standard price, order price",
                "savings project: baseline, target, responsible buyer",
            ],
        },
    ),
    "sales": (
        "Sales",
        {
            "opportunities": [
                "sales lead: company, contact person, phone number, source",
                "opportunity: stage, probability, expected revenue",
                "visit report: visit date, participants, follow-up",
                "competitor profile: product, price level, strengths",
            ],
            "quotations": [
                "quotation: customer, items, discount, validity",
                "price list: customer group, material, price, valid from",
                "discount approval: requested discount, margin, approver",
                "configuration: product family, options, lead time",
            ],
            "orders": [
                "sales order: customer, material, quantity, delivery address",
                "delivery schedule: date, quantity, plant",
                "order block: reason, blocked by, release date",
                "backorder: material, open quantity, promised date",
                "return request: reason, serial number, customer",
            ],
            "billing": [
                "billing document: order, amount, tax, payment terms",
                "commission statement: agent, revenue, commission rate",
                "rebate agreement: volume bonus, customer, period",
            ],
        },
    ),
    "hr": (
        "Human resources",
        {
            "employees": [
                "employee record: name, date of birth, address, tax number",
                "employment contract: start date, salary, working hours",
                "emergency contact: name, phone number, relationship",
                "work permit: nationality, valid until, document number",
            ],
            "payroll": [
                "payslip: employee, gross salary, deductions, bank account",
                "bonus payment: employee, amount, reason",
                "wage garnishment: creditor, amount, employee",
                "social security report: employee, insurance number, contribution",
                "company pension: employee, contribution, provider",
            ],
            "time": [
                "absence request: employee, absence type, from, to",
                "sick note: employee, diagnosis, from, to",
                "time sheet: employee, hours, project",
                "shift plan: team, shift, staffing",
            ],
            "recruiting": [
                "job posting: title, location, salary band",
                "application: applicant, curriculum vitae, e-mail address",
                "interview: applicant, interviewer, assessment",
                "onboarding plan: starter, mentor, tasks",
            ],
            "development": [
                "training course: topic, trainer, seats",
                "appraisal: employee, rating, goals",
                "succession plan: position, candidate, readiness",
            ],
        },
    ),
    "production": (
        "Production",
        {
            "planning": [
                "production plan: product, week, quantity",
                "material requirement: material, shortage, need date",
                "capacity profile: work centre, load, available hours",
                "scenario: assumption, demand, utilisation",
            ],
            "orders": [
                "production order: product, quantity, start date, routing",
                "order sequence: line, order, set-up time",
                "confirmation: operation, yield, scrap, machine time",
                "component withdrawal: component, quantity, batch number",
            ],
            "engineering": [
                "bill of materials: parent, component, quantity",
                "routing: operation, work centre, standard time",
                "engineering change: reason, affected parts, effective date",
                "tool: tool number, life, location",
            ],
            "shopfloor": [
                "machine status: machine, state, since",
                "downtime: machine, reason, minutes",
                "andon call: line, problem, response time",
                "electronic work instruction: operation, step, picture",
            ],
        },
    ),
    "warehouse": (
        "Warehouse and logistics",
        {
            "stock": [
                "stock level: material, storage location, quantity",
                "stock transfer: from bin, to bin, quantity",
                "cycle count: bin, counted quantity, difference",
                "batch: batch number, expiry date, status",
                "blocked stock: material, reason, quantity",
            ],
            "inbound": [
                "inbound delivery: supplier, arrival, pallets",
                "dock appointment: gate, time window, carrier",
                "putaway task: pallet, bin, priority",
            ],
            "outbound": [
                "picking wave: orders, zone, start time",
                "packing list: parcel, items, weight",
                "loading: truck, gate, sequence",
                "delivery note: customer, items, delivery address",
            ],
            "transport": [
                "shipment: carrier, route, freight cost",
                "freight rate: lane, weight band, price",
                "customs declaration: tariff number, origin, value",
                "proof of delivery: receiver signature, time, shipment",
                "tour: driver, stops, mileage",
            ],
        },
    ),
    "quality": (
        "Quality",
        {
            "inspection": [
                "inspection plan: characteristic, tolerance, sample size",
                "inspection lot: material, batch number, decision",
                "measurement: characteristic, value, gauge",
                "certificate of analysis: batch number, results, customer",
            ],
            "complaints": [
                "customer complaint: customer, defect, quantity",
                "corrective action: root cause, measure, deadline",
                "recall: batch number, affected customers, instruction",
            ],
            "audits": [
                "audit: standard, site, auditor",
                "audit finding: clause, severity, deadline",
                "calibration: gauge, due date, result",
                "deviation permit: specification, reason, valid until",
            ],
        },
    ),
    "maintenance": (
        "Maintenance",
        {
            "equipment": [
                "equipment record: serial number, manufacturer, location",
                "spare part: part number, stock, reorder point",
                "warranty: equipment, supplier, end date",
                "meter reading: counter, value, date",
            ],
            "orders": [
                "maintenance order: equipment, work, technician",
                "malfunction report: equipment, symptom, reported by",
                "work permit for hazardous work: area, hazard, approver",
                "shutdown: plant, window, tasks",
            ],
            "plans": [
                "maintenance plan: equipment, interval, task list",
                "condition alert: sensor, threshold, value",
                "lubrication route: machine, point, interval",
            ],
        },
    ),
    "projects": (
        "Projects",
        {
            "planning": [
                "project: customer, start date, budget",
                "work package: owner, duration, predecessor",
                "milestone: date, deliverable, status",
                "resource assignment: employee, role, hours",
            ],
            "control": [
                "project budget: cost element, plan, actual",
                "change request: scope, effect on cost, approver",
                "risk: probability, impact, measure",
                "earned value: planned value, earned value, actual cost",
            ],
            "delivery": [
                "acceptance protocol: deliverable, date, signatory",
                "project invoice: milestone, amount, customer",
                "lessons learned: topic, cause, recommendation",
            ],
        },
    ),
    "service": (
        "Customer service",
        {
            "tickets": [
                "service ticket: customer, problem, priority",
                "escalation: level, reason, responsible",
                "known error: symptom, cause, workaround",
                "customer survey: question, score, comment",
            ],
            "field": [
                "service order: customer address, device, technician",
                "technician route: technician, stops, travel time",
                "van stock: technician, part, quantity",
                "installation report: device, serial number, customer signature",
            ],
            "contracts": [
                "service contract: customer, service level, fee",
                "warranty claim: device, defect, decision",
                "subscription: plan, renewal date, customer",
            ],
        },
    ),
    "compliance": (
        "Compliance",
        {
            "privacy": [
                "data subject request: person, e-mail address, request type",
                "processing record: purpose, data category, retention",
                "consent: person, purpose, granted on",
                "data breach: affected persons, category, reported on",
                "deletion run: data category, retention, deleted records",
            ],
            "controls": [
                "internal control: risk, frequency, owner",
                "segregation of duties check: user, conflict, mitigation",
                "policy acknowledgement: employee, policy, date",
                "sanction screening: business partner, list, hit",
            ],
            "safety": [
                "incident report: injured person, injury, place",
                "hazardous substance: substance, classification, quantity",
                "risk assessment: workplace, hazard, measure",
                "health check: employee, medical result, due date",
            ],
        },
    ),
    "it": (
        "IT and master data",
        {
            "access": [
                "user account: user name, e-mail address, roles",
                "role: transactions, organisational level, owner",
                "access request: user name, role, approver",
                "sign-in log: user name, ip address, time",
            ],
            "integration": [
                "interface message: partner system, status, payload size",
                "mapping table: source value, target value, system",
                "background job: schedule, variant, run time",
                "web hook: endpoint, event, retries",
            ],
            "data": [
                "material record: description, unit, weight",
                "business partner: name, address, tax number",
                "duplicate check: record, candidate, similarity",
                "archive run: object, age, volume",
                "unit of measure: unit, factor, dimension",
            ],
        },
    ),
}
