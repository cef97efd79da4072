import { ApiError } from '#libs/apiClient/apiError.ts';
import { type CallApi, createCall } from '#libs/apiClient/call.ts';

let whenSignedOut: () => void = () => undefined;

/** Called when the API does not know the session any more. */
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}

/** The header tells the API that the session's cookie is meant. */
const callAsPage = createCall({
  baseUrl: '',
  headers: { 'X-Postrider-Console': '1' },
  credentials: 'same-origin',
});

/** One call of the public API. */
export const call: CallApi = async (request) => {
  try {
    return await callAsPage(request);
  } catch (error) {
    const isSignedOut = error instanceof ApiError && error.status === 401 && request.path !== '/session';
    if (isSignedOut) whenSignedOut();
    throw error;
  }
};
