// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "ike-daemon/wire/transform.h"

/* Where an attribute of 16 bits goes in a record; also the order of writing. */
struct field {
	uint16_t attr;
	uint16_t offset;
};

/* One phase's record. */
struct layout {
	const struct field *fields;
	unsigned int nfields;
	uint16_t life_type;
	uint16_t life_duration;
	uint16_t life_offset;
	uint16_t unknown_offset;
	const char *(*attr_name)(unsigned int n);
};

#define FIELD(attr, record, member) { attr, offsetof(struct record, member) }
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct field ike_fields[] = {
	FIELD(IKE_ATTR_ENCRYPTION,	ike_transform, cipher),
	FIELD(IKE_ATTR_KEY_LENGTH,	ike_transform, key_bits),
	FIELD(IKE_ATTR_HASH,		ike_transform, hash),
	FIELD(IKE_ATTR_GROUP,		ike_transform, group),
	FIELD(IKE_ATTR_AUTH_METHOD,	ike_transform, auth),
	FIELD(IKE_ATTR_PRF,		ike_transform, prf),
};

static const struct field ipsec_fields[] = {
	FIELD(IPSEC_ATTR_GROUP,		ipsec_transform, group),
	FIELD(IPSEC_ATTR_ENCAPSULATION,	ipsec_transform, encap),
	FIELD(IPSEC_ATTR_AUTH_ALG,	ipsec_transform, auth),
	FIELD(IPSEC_ATTR_KEY_LENGTH,	ipsec_transform, key_bits),
	FIELD(IPSEC_ATTR_ESN,		ipsec_transform, esn),
};

static const struct layout layouts[] = {
	[1] = {
		.fields = ike_fields,
		.nfields = COUNT(ike_fields),
		.life_type = IKE_ATTR_LIFE_TYPE,
		.life_duration = IKE_ATTR_LIFE_DURATION,
		.life_offset = offsetof(struct ike_transform, life),
		.unknown_offset = offsetof(struct ike_transform, unknown),
		.attr_name = ike_attr_name,
	},
	[2] = {
		.fields = ipsec_fields,
		.nfields = COUNT(ipsec_fields),
		.life_type = IPSEC_ATTR_LIFE_TYPE,
		.life_duration = IPSEC_ATTR_LIFE_DURATION,
		.life_offset = offsetof(struct ipsec_transform, life),
		.unknown_offset = offsetof(struct ipsec_transform, unknown),
		.attr_name = ipsec_attr_name,
	},
};

/* A life type waiting for its duration, or (out of order) the reverse. */
struct life_pair {
	bool have_type;
	bool have_duration;
	uint64_t type;
	uint64_t duration;
};

static uint16_t *field_at(void *record, size_t offset)
{
	return (uint16_t *)((char *)record + offset);
}

static const uint16_t *const_field_at(const void *record, size_t offset)
{
	return (const uint16_t *)((const char *)record + offset);
}

static int set_life(struct isakmp_life *life, const struct life_pair *pair,
		    struct err *err)
{
	uint32_t v = pair->duration > UINT32_MAX ? UINT32_MAX :
		     (uint32_t)pair->duration;
	uint32_t *slot;

	switch (pair->type) {
	case IKE_LIFE_SECONDS:
		slot = &life->seconds;
		break;
	case IKE_LIFE_KILOBYTES:
		slot = &life->kilobytes;
		break;
	default:
		return err_set(err, -EINVAL, "life type %llu is neither 1 (seconds) nor 2 (kilobytes)",
			       (unsigned long long)pair->type);
	}
	if (*slot && *slot != v)
		return err_set(err, -EINVAL, "life duration in %s given twice: %u and %u",
			       ike_life_type_name((unsigned int)pair->type),
			       *slot, v);
	*slot = v;
	return 0;
}

/* Take one half of a lifetime; store the lifetime when both are there. */
static int feed_life(struct isakmp_life *life, struct life_pair *pair,
		     bool is_type, uint64_t value, struct err *err)
{
	bool *have = is_type ? &pair->have_type : &pair->have_duration;
	int ret;

	if (*have)
		return err_set(err, -EINVAL, "two life %s in a row",
			       is_type ? "types" : "durations");
	*have = true;
	if (is_type)
		pair->type = value;
	else
		pair->duration = value;
	if (!pair->have_type || !pair->have_duration)
		return 0;
	ret = set_life(life, pair, err);
	*pair = (struct life_pair){ 0 };
	return ret;
}

static int life_complete(const struct life_pair *pair, struct err *err)
{
	if (pair->have_type)
		return err_set(err, -EINVAL, "life type without duration");
	if (pair->have_duration)
		return err_set(err, -EINVAL, "life duration without type");
	return 0;
}

static int set_field(const struct layout *l, uint16_t *field,
		     const struct isakmp_attr *a, struct err *err)
{
	uint64_t v;

	if (isakmp_attr_number(a, &v) || v > UINT16_MAX)
		return err_set(err, -EINVAL,
			       "%s: value of %u bytes is not within 0-65535",
			       l->attr_name(a->type), a->variable ? a->len : 2);
	if (*field && *field != v)
		return err_set(err, -EINVAL, "%s given twice: %u and %u",
			       l->attr_name(a->type), *field, (unsigned int)v);
	*field = (uint16_t)v;
	return 0;
}

static int feed_attr(const struct layout *l, void *record,
		     struct life_pair *pair, const struct isakmp_attr *a,
		     struct err *err)
{
	struct isakmp_life *life = (void *)((char *)record + l->life_offset);
	uint16_t *unknown = field_at(record, l->unknown_offset);
	unsigned int i;
	uint64_t v;

	if (a->type == l->life_type || a->type == l->life_duration) {
		/* Beyond 64 bits the number is "very long": cut, as above. */
		if (isakmp_attr_number(a, &v) == -EINVAL)
			return err_set(err, -EINVAL, "%s: empty value",
				       l->attr_name(a->type));
		return feed_life(life, pair, a->type == l->life_type, v, err);
	}
	for (i = 0; i < l->nfields; i++)
		if (l->fields[i].attr == a->type)
			return set_field(l, field_at(record,
						     l->fields[i].offset),
					 a, err);
	if (!*unknown)
		*unknown = a->type;
	return 0;
}

static int gather(const struct layout *l, const struct isakmp_transform *t,
		  void *record, struct err *err)
{
	struct life_pair pair = { 0 };
	unsigned int i;
	int ret;

	for (i = 0; i < t->nattrs; i++) {
		ret = feed_attr(l, record, &pair, &t->attrs[i], err);
		if (ret)
			return ret;
	}
	return life_complete(&pair, err);
}

int ike_transform_get(const struct isakmp_transform *t,
		      struct ike_transform *out, struct err *err)
{
	*out = (struct ike_transform){ 0 };
	return gather(&layouts[1], t, out, err);
}

int ipsec_transform_get(const struct isakmp_transform *t,
			struct ipsec_transform *out, struct err *err)
{
	*out = (struct ipsec_transform){ .id = t->id };
	return gather(&layouts[2], t, out, err);
}

static void add_basic(struct transform_attrs *store, uint16_t type,
		      uint16_t value)
{
	store->attr[store->n++] = (struct isakmp_attr){ .type = type,
							.value = value };
}

static void add_duration(struct transform_attrs *store, uint16_t type,
			 uint32_t value)
{
	uint8_t *wide;
	struct buf b;

	if (value <= UINT16_MAX) {
		add_basic(store, type, (uint16_t)value);
		return;
	}
	wide = store->wide[store->used++];
	buf_fixed(&b, wide, sizeof(store->wide[0]));
	buf_put_u32(&b, value);
	store->attr[store->n++] = (struct isakmp_attr){
		.type = type,
		.variable = true,
		.len = sizeof(store->wide[0]),
		.data = wide,
	};
}

static void add_life(struct transform_attrs *store, const struct layout *l,
		     const struct isakmp_life *life)
{
	if (life->seconds) {
		add_basic(store, l->life_type, IKE_LIFE_SECONDS);
		add_duration(store, l->life_duration, life->seconds);
	}
	if (life->kilobytes) {
		add_basic(store, l->life_type, IKE_LIFE_KILOBYTES);
		add_duration(store, l->life_duration, life->kilobytes);
	}
}

_Static_assert(COUNT(ike_fields) + 4 <= TRANSFORM_ATTRS_MAX &&
	       COUNT(ipsec_fields) + 4 <= TRANSFORM_ATTRS_MAX,
	       "a transform's attributes fit");

static void scatter(const struct layout *l, const void *record,
		    struct transform_attrs *store, struct isakmp_transform *t)
{
	unsigned int i;
	uint16_t v;

	store->n = 0;
	store->used = 0;
	for (i = 0; i < l->nfields; i++) {
		v = *const_field_at(record, l->fields[i].offset);
		if (v)
			add_basic(store, l->fields[i].attr, v);
	}
	add_life(store, l, (const void *)((const char *)record +
					  l->life_offset));
	t->nattrs = store->n;
	t->attrs = store->attr;
}

void ike_transform_set(const struct ike_transform *in, unsigned int number,
		       struct transform_attrs *store,
		       struct isakmp_transform *t)
{
	t->number = (uint8_t)number;
	t->id = ISAKMP_TRANSFORM_KEY_IKE;
	scatter(&layouts[1], in, store, t);
}

void ipsec_transform_set(const struct ipsec_transform *in, unsigned int number,
			 struct transform_attrs *store,
			 struct isakmp_transform *t)
{
	t->number = (uint8_t)number;
	t->id = in->id;
	scatter(&layouts[2], in, store, t);
}

int isakmp_life_get(const uint8_t *data, size_t len, unsigned int phase,
		    struct isakmp_life *life)
{
	const struct layout *l = &layouts[phase == 1 ? 1 : 2];
	struct life_pair pair = { 0 };
	struct isakmp_attr a;
	struct buf b;
	uint64_t v;
	int ret;

	*life = (struct isakmp_life){ 0 };
	buf_reader(&b, data, len);
	while (buf_left(&b)) {
		isakmp_get_attr(&b, &a);
		if (buf_err(&b))
			return -EINVAL;
		if (a.type != l->life_type && a.type != l->life_duration)
			continue;
		if (isakmp_attr_number(&a, &v) == -EINVAL)
			return -EINVAL;
		ret = feed_life(life, &pair, a.type == l->life_type, v, NULL);
		if (ret)
			return ret;
	}
	return life_complete(&pair, NULL);
}

void isakmp_life_put(struct buf *b, unsigned int phase,
		     const struct isakmp_life *life)
{
	struct transform_attrs store = { 0 };
	unsigned int i;

	add_life(&store, &layouts[phase == 1 ? 1 : 2], life);
	for (i = 0; i < store.n; i++)
		isakmp_put_attr(b, &store.attr[i]);
}
