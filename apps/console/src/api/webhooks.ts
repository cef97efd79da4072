import { createApi } from '#libs/apiClient/operations.ts';
import { call } from './client.ts';

/** The operations that the console uses, by the session of the page. */
export const {
  signIn,
  readSession,
  signOut,
  listClients,
  listWebhooks,
  getWebhook,
  createWebhook,
  updateWebhook,
  removeWebhook,
  changeStatus,
  verifyWebhook,
  readStatistics,
  listDeliveries,
  resendAll,
  listAudit,
} = createApi(call);
