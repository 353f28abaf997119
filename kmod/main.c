// SPDX-License-Identifier: GPL-2.0
/* cryptomap: IPsec crypto maps. Order of start and end, nothing else. */
#include <linux/module.h>

#include "bind.h"
#include "esp.h"
#include "input.h"
#include "netlink.h"
#include "pernet.h"
#include "recent.h"
#include "sa.h"
#include "tunnel.h"

static int __init cryptomap_init(void)
{
	int err;

	err = cm_recent_init();
	if (err)
		return err;
	err = cm_sa_register();
	if (err)
		goto recent;
	err = cm_pernet_register();
	if (err)
		goto sa;
	err = cm_input_init();
	if (err)
		goto pernet;
	err = cm_bind_register();
	if (err)
		goto input;
	err = cm_tunnel_register();
	if (err)
		goto bind;
	err = cm_netlink_register();
	if (err)
		goto tunnel;
	return 0;

tunnel:
	cm_tunnel_unregister();
bind:
	cm_bind_unregister();
input:
	cm_input_exit();
pernet:
	cm_pernet_unregister();
sa:
	cm_sa_unregister();
recent:
	cm_recent_exit();
	return err;
}

/*
 * Nothing is left after this, because each step waits for its own: no command
 * runs after the family is gone, no packet enters after the hooks of every
 * namespace are gone (cm_pernet_unregister), and cm_sa_unregister() waits for
 * every RCU callback and every deferred free of the module.
 */
static void __exit cryptomap_exit(void)
{
	cm_netlink_unregister();
	cm_tunnel_unregister();
	cm_bind_unregister();
	cm_input_exit();
	cm_pernet_unregister();
	cm_sa_unregister();
	cm_esp_exit();
	cm_recent_exit();
}

module_init(cryptomap_init);
module_exit(cryptomap_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("IPsec crypto maps");
MODULE_VERSION(CM_VERSION);
MODULE_ALIAS_GENL_FAMILY(CRYPTOMAP_GENL_NAME);
