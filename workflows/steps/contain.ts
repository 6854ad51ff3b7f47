/** Step 0: what policy says about resting orders, at once; trouble here alarms and goes on. */
import { isCancellation } from '@temporalio/workflow';
import { thorough } from '../activities.js';
import { notice, reasonOf, step, type Recovery } from '../recovery.js';

export async function contain(recovery: Recovery): Promise<void> {
  const action = recovery.policy.containment;
  await step(recovery, 'contain', async (entry) => {
    if (action === 'none') {
      recovery.record.containment = { action, detail: 'by policy: orders stay as they are' };
    } else {
      recovery.record.containment = await act(recovery, action);
    }
    entry.detail = recovery.record.containment.detail;
  });
}

async function act(recovery: Recovery, action: 'cancel_own_orders' | 'dead_man_switch') {
  try {
    return await thorough.containRisk({ engineId: recovery.record.engineId, action });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const detail = `failed: ${reasonOf(error)}`;
    notice(recovery, {
      severity: 'critical',
      title: `${recovery.record.engineId}: containment failed`,
      text: detail,
      key: 'containment-failed',
    });
    return { action, detail };
  }
}
