"""The chapter of the language reference about values: what they are made of, and how they meet."""

from __future__ import annotations

VALUES = """\
## Values, points and levels

Everything that has a name may be named: a value by its own, the points of a metric or group as
`points.NAME`, the `score`. Nothing may be made of itself, also not through points. Below `values`
stands what earns nothing itself; a metric is a value with points. A value comes from one of these:

| written | is |
| --- | --- |
| `measure: {sum: amount, from: orders, over: 12 months}` | what a measure makes of rows |
| `is: sales / people` | what an expression gives; a number, a condition, a text or a date |
| `is: [{when: sales >= 1000, is: 2}, {is: 1}]` | that of the first case that holds; the last has no `when` |
| `number_with: sales >= 1000`, `over: 24 months` | in how many of the months it held |
| `highest: points.sales`, `over: 24 months` | the highest that it was as of any of these months |
| `lowest`, `total`, `average` | the lowest, the sum, the average in the same way |
| `percentile: sales`, `within: scored.country` | the share of the others that have less, 0 to 1 |

What is divided by 0, or calculated from what has no value, has no value; a comparison with it does not
hold. A sum of nothing is 0; an average, a median, a largest or a smallest of nothing is no value.

A `percentile` ranks those that have a value: who has none has no rank, and is none of the others. Nor
has a rank, or is one of the others, for whom `within` is missing: nobody knows among whom. Who is alone
has no rank either.

### Which rows, and when

A measure reads rows of a table. `over: 12 months` takes those of the as-of month and the eleven before
it; `ending: 12 months ago` moves that window back. `on: as_of` takes the rows of a table with a period
that are in effect on that day. A table without months and without `on` counts with every row. `where`
asks the row; `during` asks the credited fact: its `month`, the scored one, and since when it is
credited, as in `during: months_between(scored.joined_on, month) < 12`.

`changes` compares the first month of its
window with the month before it, whose rows are read too. `holders_of` with `by` asks each part for itself:
whoever holds one half of a certification in one area and the other half in another holds it in neither,
and whoever holds all of it in two counts in both.

A window of the calendar is a condition: `during: year(month) == year(as_of)` with `over: 12 months` counts
what lies in the as-of month's year. In how many months of that year something held is a fold that asks the
month in which it is worked out, for `as_of` is the last day of that month there
([calendar years, quarters and months](shapes/calendar-months.md)):

```yaml
values:
  sales: {measure: {sum: amount, from: orders, over: 1 month}}
  good_summer_months: {number_with: sales >= 1000 and month_of_year(as_of) >= 6 and month_of_year(as_of) <= 8, over: 12 months}
```

A path follows as many references as there are, one behind the other: with `order` a reference of a line,
`buyer` one of an order and `country` one of a buyer, a line's `where` may ask `order.buyer.country.large`.

A date that may be empty, such as the day on which something was finished, cannot say the month of a row:
not every row would have one. Leave out `over`, and ask the row: `where: 0 <= months_between(finished,
as_of) < 12` takes the rows that were finished in the last twelve months.

### Told apart

`by: {area: product.area}` in a measure makes one value for each area. What tells apart is a text, a
whole number, a date or a month, and no condition: instead of `by: {is_large: amount > 100}` write
`by: {sort: "'large' if amount > 100 else 'small'"}`. Such values meet others that
are told apart by the same name, and those that are not: `sales_of_area / sales`. An area is there
where any of the values that are named has facts in it; one without facts in another value has 0 there.
Levels, metrics and points need one number, so one is made of the areas by a fold:

```yaml
values:
  sales_of_area: {measure: {sum: amount, from: orders, over: 12 months, by: {area: product.area}}}
  people_of_area: {measure: {count: person, from: badges, on: as_of, by: {area: area}}}
  areas_without_anybody: {number_with: sales_of_area > 0 and people_of_area == 0, over: area}
```

### Looked back at

A fold over months asks what an expression was as of the end of each month, the as-of month and those
before it: all that it names, points and other folds too, is worked out as of then. Only what is said
of the scored one itself (`scored.`), and catalogues, are as they are now. `ending: 1 month ago` leaves
the as-of month out; `since: scored.joined_on` leaves out months that end before that day. Where that day
is missing no month is looked at, as if there were none.

### How large a fraction may be

Values, points and scores are exact fractions, and a fraction has at most 38 digits above and below its
line. A sum of quotients, or a comparison of them, multiplies their divisors: one growth among the metrics
is no matter, but five metrics that each divide by another amount of nine digits have divisors of 45 digits
together. Such a run stops, and says of which score, points or value the number is. Then round what is
divided (`round(1000 * sales / goal) / 1000` has the divisor 1000, whatever the goal is), let several divide
by the same, or fold and add what is divided and what it is divided by apart.

### Folds

| fold | of | over nothing |
| --- | --- | --- |
| `number_with` | a condition: how often it holds | 0 |
| `total` | numbers: their sum | 0 |
| `highest`, `lowest` | numbers, also quotients; exact | no value |
| `average` | numbers: their sum by how many there are | no value |

Where the expression has no value it is passed over. `total` and `average` of quotients whose divisor
differs are refused, since no sum of them is exact: fold what is divided and what divides it apart.

### Groups

A group adds up the points of its metrics and of the groups that name it as theirs. `counts: best` counts
only the best of them; `max_points` caps what the group earns. The score adds up what belongs to no
group, so metrics may stand alone. `max_score` is what all that can give at most.
"""
